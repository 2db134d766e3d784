"""Sheets to be signed."""
