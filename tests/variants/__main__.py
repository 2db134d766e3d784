"""Draws the list of variants in clauses.md anew: ``make docs``."""

from __future__ import annotations

from tests.variants.document import PAGE, written

PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
