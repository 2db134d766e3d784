"""The first screen: what waits, what moves, what is new, and what is done with it there."""
