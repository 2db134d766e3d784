"""Copies of editions as files: the printed pages with the spreadsheet in them, encrypted for one recipient,
and the reading of a file that was found.
"""
