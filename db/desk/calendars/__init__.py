"""Days that the organisation or one book works or not, and the deadlines that are counted in them."""
