"""The regulations: data in TOML files, checked, composed into a book's effective policy, and timed."""
