"""Whatever leaves a directory as a file is under a password, where its regulation asks for that (D.4)."""

from __future__ import annotations

import hashlib
import io

import pikepdf
import pytest

from db.desk import Desk, Refused
from db.desk.clockwork import today
from db.store.engine import Store
from db.store.tables import AuditRecord
from reports import directory, protected
from reports.export import Document, export
from reports.formats import FORMATS
from reports.period import this_month
from tests.audited import detail_of
from tests.conftest import Clock
from tests.tui.plain.running import answered
from tests.wider_world import build_wider_world
from tests.world import World


@pytest.fixture
def school(store: Store, clock: Clock) -> World:
    """A book of classes."""
    return build_wider_world("class")


def taken(desk: Desk, book: str, format: str) -> Document:
    """The directory as a copy."""
    return export(desk, directory.build(desk, book, None, this_month(today())), format, "zh_CN")


def attached(content: bytes, password: str) -> dict[str, bytes]:
    """What is attached to a file, by name."""
    with pikepdf.open(io.BytesIO(content), password=password) as pdf:
        assert pdf.encryption.R == 6
        return {name: pdf.attachments[name].get_file().read_bytes() for name in pdf.attachments}


@pytest.mark.clause("D.4")
@pytest.mark.parametrize("format", sorted(FORMATS))
def test_a_class_s_directory_leaves_under_a_password_in_every_format(school: World, format: str) -> None:
    """Those that are plain text too; the password is of this copy alone, and on no record."""
    desk = school.desk("yanlaoshi")
    copy, another = taken(desk, "class", format), taken(desk, "class", format)
    assert (copy.media_type, copy.name.endswith(".pdf")) == ("application/pdf", True)
    assert "江涛".encode() not in copy.content
    for wrong in ("", another.password, copy.mark):
        with pytest.raises(pikepdf.PasswordError):
            attached(copy.content, wrong)
    ((name, inside),) = attached(copy.content, copy.password).items()
    assert name == f"directory.{FORMATS[format].suffix}"
    if format != "xlsx":
        assert "江涛".encode() in inside
    record = (
        AuditRecord.select().where(AuditRecord.act == "overview.export").order_by(AuditRecord.seq).first()
    )
    assert hashlib.sha256(copy.content).hexdigest() in detail_of(record)
    assert copy.password not in detail_of(record)
    assert copy.password not in repr(copy)


@pytest.mark.clause("D.4")
def test_a_command_tells_the_password_once_beside_the_file(school: World) -> None:
    run = answered(school, "yanlaoshi", "report directory --book class --format csv")
    word = run.err.split("：")[-1].split(": ")[-1].strip()
    assert "江涛" in attached(run.out, word)["directory.csv"].decode("utf-8-sig")


@pytest.mark.clause("D.4")
@pytest.mark.threat(18)
def test_nothing_else_of_it_leaves(school: World) -> None:
    with pytest.raises(Refused) as caught:
        school.desk("yanlaoshi").overview.export(
            "directory", "class", None, format="csv", sha256="0" * 64, size=1, rows=1, mark="ABCD-EFGH",
            parameters={},
        )  # fmt: skip
    assert caught.value.clause == "D.4"


def test_where_no_regulation_asks_a_file_is_what_it_was(world: World) -> None:
    copy = taken(world.desk("liuyang"), "staff", "csv")
    assert (copy.name, copy.password) == ("directory.csv", "")
    assert "张伟".encode() in copy.content


def test_no_two_passwords_are_alike() -> None:
    assert len({protected.password() for _each in range(100)}) == 100
