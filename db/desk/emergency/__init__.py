"""Reaching somebody's family at once: numbers in calling order, and what came of each call (D.9.3)."""
