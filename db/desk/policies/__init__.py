"""The regulations themselves: what is in force over a book, new versions of them, and new books."""
