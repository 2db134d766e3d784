"""The desk without the screen: commands over SSH and on the host, for scripts and screen readers."""
