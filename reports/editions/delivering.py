"""A copy's file on its way out, at its recipient's own terminal."""

from __future__ import annotations

import hashlib

from db.desk import Desk
from db.desk.editions.copies import Copies
from db.desk.editions.copy_to_make import to_make
from reports.editions.container import MEDIA_TYPE, file_name, file_of
from reports.export import Document


def fetch_copy(desk: Desk, number: str) -> Document:
    """Make the encrypted file of the reader's own copy ``number`` and return it, once it is recorded that it
    leaves (C.9.1). Raises Refused for another's copy."""
    copy = to_make(Copies(desk).check(number))
    content = file_of(copy)
    digest = hashlib.sha256(content).hexdigest()
    Copies(desk).fetch(number, digest, len(content))
    return Document(file_name(copy), MEDIA_TYPE, content, digest, copy.number)
