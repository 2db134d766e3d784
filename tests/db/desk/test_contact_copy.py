"""Copying a contact: on record with its purpose, never what is masked, and not where a clause forbids it."""

from __future__ import annotations

import pytest

from db.desk import Refused
from db.store.tables import AuditRecord
from tests.audited import purpose_of
from tests.world import World


@pytest.mark.clause("A.11")
@pytest.mark.threat(15)
def test_a_copy_is_on_record_with_its_purpose(world: World) -> None:
    desk, entry = world.desk("zhangwei"), world.entry("zhangwen")
    assert desk.directory.copy(entry, "value", "extension", "work") == ("8015",)
    last = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (last.act, last.entry, purpose_of(last)) == ("directory.copy", entry, "work")
    with pytest.raises(Refused) as refused:
        desk.directory.copy(entry, "value", "extension", "personal")
    assert refused.value.clause == "A.11"


@pytest.mark.threat(15)
@pytest.mark.parametrize("form", ["value", "code", "vcard"])
def test_a_masked_value_is_never_copied(world: World, form: str) -> None:
    desk, entry = world.desk("zhangwei"), world.entry("zhangwen")
    try:
        made = "".join(map(str, desk.directory.copy(entry, form, "mobile", "work")))  # type: ignore[arg-type]
    except Refused:
        made = ""
    assert "1507" not in made
    assert "07" not in made.replace("8015", "")
    desk.directory.reveal(entry, "mobile", "work")
    (made,) = map(str, desk.directory.copy(entry, form, "mobile", "work"))  # type: ignore[arg-type]
    assert "13900001507" in made.replace(" ", "")


@pytest.mark.clause("C.9.1")
@pytest.mark.threat(15)
@pytest.mark.parametrize("form", ["value", "words", "code", "vcard"])
def test_where_a_clause_forbids_it_nothing_is_copied(world: World, form: str) -> None:
    desk, entry = world.desk("linxiao"), world.entry("tangyu", "subsidiary")
    desk.directory.reveal(entry, "mobile", "work")
    with pytest.raises(Refused) as refused:
        desk.directory.copy(entry, form, "mobile", "work")  # type: ignore[arg-type]
    assert refused.value.clause == "C.9.1"
    assert desk.directory.preview(entry).copy_clause == "C.9.1"


@pytest.mark.threat(23)
def test_of_somebody_out_of_reach_nothing_is_copied(world: World) -> None:
    with pytest.raises(Refused):
        world.desk("zhangwei").directory.copy(world.entry("zhaomin"), "value", "extension", "work")
