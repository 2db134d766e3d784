"""What is kept of a person: one's own data, and leavers."""
