"""Lists and verbs of `tui.sheets` on the screen."""
