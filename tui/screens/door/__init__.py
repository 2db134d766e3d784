"""What comes before the first screen, and the reader's own account."""
