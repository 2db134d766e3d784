"""Requests, from what is asked for and its evidence to the last decision and what it changes."""
