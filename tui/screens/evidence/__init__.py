"""The tray of evidence, and its contents seen in the terminal."""
