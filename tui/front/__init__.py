"""The built-in SSH server: the door, the forked sessions behind it, and the bytes between."""
