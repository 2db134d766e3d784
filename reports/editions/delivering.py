"""A copy's file on its way out, at its recipient's own terminal."""

from __future__ import annotations

import hashlib

from db.desk import Desk
from db.desk.editions.copies import Copies
from db.desk.editions.copy_to_make import to_make
from reports.editions.container import MEDIA_TYPE, file_name, file_of
from reports.export import Document


def fetch_copy(desk: Desk, number: str) -> Document:
    """Record that an own copy's encrypted file leaves, and return it (C.9.1). Raises Refused for others."""
    copy = to_make(Copies(desk).check(number))
    content = file_of(copy)
    digest = hashlib.sha256(content).hexdigest()
    Copies(desk).fetch(number, digest, len(content))
    return Document(file_name(copy), MEDIA_TYPE, content, digest, copy.number)
