"""Browse, search, and the card of one entry."""
