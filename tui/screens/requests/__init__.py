"""What becomes of what was asked for: one's own requests, and the queue of who decides."""
