"""What subjects announce is told in their own words, which the core does not name."""

from __future__ import annotations

from pathlib import Path

from db.desk.hooks import hooks
from tui.sheets import notice_words
from tui.sheets.notice_words import CHANGES, WORDS

FOLDER = Path(notice_words.__file__).parent


def test_every_file_with_words_of_announcements_is_hooked_in() -> None:
    """One that no subject names would leave its announcements without words."""
    found = {path.stem for path in FOLDER.glob("*_notices.py")}
    assert found == set(hooks().notices)


def test_announcements_of_subjects_have_their_words() -> None:
    assert {"case-verdict", "edition-issued", "review-overruled", "sync-failed"} <= set(WORDS)
    assert set(CHANGES) == {"update"}
