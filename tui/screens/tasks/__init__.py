"""Tasks with their clocks."""
