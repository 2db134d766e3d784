"""Whole columns of a book: who may draw them, of which units, and what each says of itself."""
