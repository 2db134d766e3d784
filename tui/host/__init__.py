"""The `mingce` command line: what the operator of the host does."""
