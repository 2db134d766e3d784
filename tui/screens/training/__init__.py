"""Training: who is due, and attendance."""
