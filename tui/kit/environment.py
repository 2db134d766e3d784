"""Textual reads TEXTUAL_* variables while it is imported; this application takes none of them.

They can name a driver class to load, a log file to write, keys to press and a screenshot to save
(threat 14). Importing this module before textual removes them from the process.
"""

import os

for _name in [name for name in os.environ if name.startswith("TEXTUAL")]:
    del os.environ[_name]
