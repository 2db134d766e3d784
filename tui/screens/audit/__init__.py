"""The record of acts, for those who watch over it."""
