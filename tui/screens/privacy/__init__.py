"""What is kept of a person and given to others: one's own data, consents, and leavers."""
