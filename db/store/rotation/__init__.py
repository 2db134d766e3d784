"""Rotating the keys of an installation while people work. What is killed goes on where it stopped."""
