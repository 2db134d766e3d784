"""Requests of every other kind, consents, and the rules in force."""
