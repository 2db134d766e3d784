"""Sheets that are printed to be signed by hand, and their scans, which come back into the record."""
