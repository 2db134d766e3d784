"""Joining, moving and leaving: requests with a task, from the first word to the sealed archive."""
