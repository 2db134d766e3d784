"""A person's own data: what is kept of them, on request, and its erasure."""
