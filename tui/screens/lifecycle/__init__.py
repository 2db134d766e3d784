"""Joining, moving and leaving."""
