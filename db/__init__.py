"""What is on record, which rules are in force over it, and the only operations that may touch it."""
