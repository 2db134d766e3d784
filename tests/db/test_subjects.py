"""Keys of persons and things, when several make them."""

from __future__ import annotations

import secrets
import threading

import psycopg
import pytest

from db.store import clock, subjects
from db.store.engine import Store
from db.store.keys import KEY_BYTES
from db.store.sealing import seal
from db.store.tables import Person
from db.store.tables.audit import SubjectKey
from db.store.transactions import writing


@pytest.mark.threat(29)
def test_a_first_key_that_another_session_is_making_is_waited_for(store: Store) -> None:
    """Two acts about one person begin at once. On SQLite they take turns."""
    if not store.is_postgresql:
        pytest.skip("SQLite has one writer at a time")
    person, theirs = Person.create(name="张伟").id, secrets.token_bytes(KEY_BYTES)
    sealed = seal(store.keys, SubjectKey.key.place(person), theirs)
    with psycopg.connect(store.settings.database) as other:
        other.execute("SELECT seq FROM audit_head WHERE id = 1 FOR UPDATE")
        other.execute(
            "INSERT INTO subject_key (person, key, made_at) VALUES (%s, %s, %s)",
            (person, sealed, clock.now()),
        )
        done = threading.Timer(0.5, other.commit)
        done.start()
        with writing():
            assert subjects.key_for(person) == theirs
        done.join()
