"""A photo: handed in like evidence, decided on like a change, sealed on disk, seen with the entry."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from db.desk import Invalid, Refused
from db.desk.authority.permissions import policy_of
from db.desk.directory import directory
from db.desk.entry.record import apply_values
from db.language import say
from db.store.tables import AuditRecord, Evidence
from db.store.transactions import writing
from tests.world import World

PNG = (Path(__file__).parents[2] / "tui" / "screens" / "badge.png").read_bytes()


def ask_for(world: World, login: str, file: str) -> int:
    """``login`` asks for ``file`` as the photo of their own entry."""
    desk = world.desk(login)
    form = desk.changes.form(world.entry(login, "group"))
    return desk.changes.submit(form.entry, form.version, {"photo": file}, "新照片")


@pytest.mark.clause("E.4")
def test_a_photo_is_decided_on_and_then_seen(world: World) -> None:
    file = world.desk("majun").evidence.add("me.png", PNG)
    request = ask_for(world, "majun", file.id)
    head = world.desk("huangbo")
    (line,) = head.queue.one(request).lines
    assert (line.before, say(line.after, "en")) == ("", "photo of 2026-11-23")
    assert head.evidence.open(file.id) == PNG, "whoever decides sees what is asked for"
    entry = world.entry("majun", "group")
    assert head.directory.photo(entry) is None
    for login in ("huangbo", "luoyan"):
        queue = world.desk(login).queue
        queue.approve(request, queue.one(request).digest)
    found = world.desk("huangbo").directory.photo(entry)
    assert found is not None
    described, content = found
    assert (content, described.media_type) == (PNG, "image/png")
    record = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (record.act, record.outcome, record.entry) == ("directory.photo", "done", entry)
    shown = {field.name: field for field in world.desk("majun").changes.form(entry).fields}["photo"]
    assert (say(shown.now or "", "en"), shown.value) == ("photo of 2026-11-23", file.id)
    (own_card,) = [
        field for field in world.desk("majun").directory.card(entry).fields if field.name == "photo"
    ]
    assert say(own_card.text, "en") == "photo of 2026-11-23"
    assert PNG not in bytes(Evidence.get_by_id(file.id).content)
    own = {one.id: one for one in world.desk("majun").privacy.mine()}["values"].rows
    (told,) = [row[3] for row in own if say(row[2], "en") == "Photo"]
    assert say(told, "en").startswith("a picture (PNG, ")
    with pytest.raises(Refused):
        world.desk("majun").evidence.remove(file.id)


@pytest.mark.clause("E.4")
@pytest.mark.threat(18)
def test_only_a_picture_of_the_own_tray_is_a_photo(world: World) -> None:
    others = world.desk("huangbo").evidence.add("me.png", PNG)
    text = world.desk("majun").evidence.add("me.txt", "我".encode())
    for file in (others.id, text.id, "0123456789", "me.png"):
        with pytest.raises(Invalid):
            ask_for(world, "majun", file)


@pytest.mark.clause("E.4", "C.10")
def test_nobody_sees_a_photo_of_whom_they_do_not_see(world: World) -> None:
    with pytest.raises(Refused) as hidden:
        world.desk("zhangwei").directory.photo(world.entry("majun", "group"))
    with pytest.raises(Refused) as none:
        world.desk("zhangwei").directory.photo(999_999)
    assert (hidden.value.message, hidden.value.advice) == (none.value.message, none.value.advice)


@pytest.mark.clause("E.4")
@pytest.mark.threat(23)
def test_to_whom_photos_are_not_open_none_and_a_hidden_one_are_alike(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = policy_of("group")
    fields = tuple(
        replace(rule, visible_to=("hr",)) if rule.kind == "photo" else rule for rule in policy.fields
    )
    monkeypatch.setattr(directory, "policy_of", lambda _book: policy.model_copy(update={"fields": fields}))
    said = []
    for photo in (False, True):
        if photo:
            file = world.desk("majun").evidence.add("me.png", PNG)
            with writing():
                apply_values(world.entry("majun", "group"), {"photo": (file.id,)}, source="", verifier=None)
        with pytest.raises(Refused) as caught:
            world.desk("huangbo").directory.photo(world.entry("majun", "group"))
        said.append((caught.value.message, caught.value.clause, caught.value.advice))
    assert said[0] == said[1]
    assert said[0][1] == "E.4"


@pytest.mark.clause("E.4", "A.12")
def test_no_other_file_comes_out_as_a_photo(world: World) -> None:
    text = world.desk("majun").evidence.add("me.txt", "私密".encode())
    entry = world.entry("majun", "group")
    with writing():
        apply_values(entry, {"photo": (text.id,)}, source="", verifier=None)
    assert world.desk("huangbo").directory.photo(entry) is None
    form = world.desk("liuyang").lifecycle.join_form("group")
    assert "photo" not in {field.name for field in form.fields}


def taken(kind: str) -> bytes:
    """A picture as a telephone takes it: it says where, with what, and which way up."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x8825] = 6, "Telefon", {1: "N", 2: (39.0, 54.0, 20.0)}
    made, text = io.BytesIO(), PngInfo()
    text.add_text("Author", "Telefon")
    extra = {"pnginfo": text} if kind == "PNG" else {"comment": b"Telefon"}
    Image.effect_noise((300, 200), 80).convert("RGB").save(made, kind, exif=exif, **extra)
    return made.getvalue() + b"Telefon"


@pytest.mark.threat(63)
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_photo_says_nothing_besides_its_pixels(world: World, kind: str) -> None:
    """Where it was taken, with what, its thumbnail, what hangs behind its end."""
    desk = world.desk("majun")
    file = desk.evidence.add("me", taken(kind))
    ask_for(world, "majun", file.id)
    content = desk.evidence.open(file.id)
    assert b"Telefon" not in content
    picture = Image.open(io.BytesIO(content))
    assert (picture.format, picture.size) == (kind, (200, 300)), "upright, as the telephone showed it"
    assert not picture.getexif()
    row = Evidence.get_by_id(file.id)
    assert (row.size, row.digest) == (len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.threat(63)
def test_a_picture_on_which_a_request_rests_is_not_changed(world: World) -> None:
    desk = world.desk("majun")
    content = taken("JPEG")
    file = desk.evidence.add("me", content)
    form = desk.changes.form(world.entry("majun", "group"))
    desk.changes.submit(form.entry, form.version, {"office_phone": "0571-88880000"}, "搬家", (file.id,))
    with pytest.raises(Invalid):
        ask_for(world, "majun", file.id)
    assert desk.evidence.open(file.id) == content
