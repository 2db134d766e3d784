"""The journal: every change before and after, encrypted, in a place of its own before it counts as done."""
