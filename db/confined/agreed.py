"""What the child and whoever asks it agree on."""

from __future__ import annotations

from typing import Final

CELL_END: Final = "\x1f"
ROW_END: Final = "\x1e"
"""How the rows of a spreadsheet are told apart."""
HIDDEN: Final = "\x1d"
"""Separates the rows from the numbers of the hidden ones, and those from the names of the other sheets."""
ROWS: Final = 200_000
COLUMNS: Final = 100
CELL: Final = 4000
"""Characters in a cell."""
WIDEST: Final = 600
HIGHEST: Final = 1200
"""Pixels of a picture that is answered."""
TITLE: Final = 200
"""Characters of a document's title."""
