"""Accounts of the people in a book: made, activated, granted roles, disabled and reset."""
