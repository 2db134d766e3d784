"""Whatever leaves a directory as a file is under a password, where its regulation asks for that (D.4)."""

from __future__ import annotations

import hashlib
import io

import pikepdf
import pypdfium2
import pytest

from db.desk import Desk, Refused
from db.desk.cases.cases import Cases
from db.desk.due_dates import today
from db.store.engine import Store, store
from db.store.keys import SIGN_EVIDENCE, read_publics
from db.store.tables import AuditRecord
from reports import directory, protected
from reports.evidence.verifying import check
from reports.export import Document, export
from reports.formats import FORMATS
from reports.period import this_month
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.casework import under_investigation
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
    if format == "pdf":
        assert copy.name == "directory.pdf"
        assert "江涛" in pypdfium2.PdfDocument(copy.content, copy.password)[0].get_textpage().get_text_range()
    else:
        ((name, inside),) = attached(copy.content, copy.password).items()
        assert name == f"directory.{FORMATS[format].suffix}"
        assert format == "xlsx" or "江涛".encode() in inside
    record = (
        AuditRecord.select().where(AuditRecord.act == "overview.export").order_by(AuditRecord.seq).first()
    )
    assert hashlib.sha256(copy.content).hexdigest() in detail_of(record)
    assert copy.password not in detail_of(record)
    assert copy.password not in repr(copy)


def told(err: str) -> str:
    """The password that a command told of."""
    (line,) = [line for line in err.splitlines() if "密码" in line or "口令" in line]
    return line.split("：")[-1].strip()


@pytest.mark.clause("D.4")
def test_a_command_tells_the_password_once_beside_the_file(school: World) -> None:
    run = answered(school, "yanlaoshi", "report directory --book class --format csv")
    word = told(run.err)
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
    with pytest.raises(Refused) as own:
        school.desk("luoxi").privacy.taken(format="csv", sha256="0" * 64, size=1, rows=1, mark="ABCD-EFGH")
    assert own.value.clause == "D.4"


@pytest.mark.clause("D.4")
@pytest.mark.parametrize("login", ["luoxi", "yanlaoshi"])
def test_what_is_kept_of_oneself_leaves_under_a_password_too(school: World, login: str) -> None:
    """A class holds something of her, or is hers to keep."""
    run = answered(school, login, "mydata --format csv")
    assert run.status == 0
    ((name, inside),) = attached(run.out, told(run.err)).items()
    assert name == "mydata.csv"
    assert ("罗茜" in inside.decode("utf-8-sig")) is (login == "luoxi")
    assert hashlib.sha256(run.out).hexdigest() in detail_of(
        AuditRecord.get(AuditRecord.act == "privacy.taken")
    )


@pytest.mark.clause("D.4")
@pytest.mark.threat(18)
def test_programs_get_nothing_of_it_in_the_clear(school: World) -> None:
    """People read it as before; one's own entry is one's own."""
    other = school.entry("jiangtao", "class")
    for line in (f"card {other} --json", "find 江 --json", "mydata --json"):
        refused = answered(school, "yanlaoshi", line)
        assert (refused.status, refused.out) == (1, b""), line
        assert "D.4" in refused.err
    for line in (f"card {other}", "find 江"):
        assert answered(school, "yanlaoshi", line).status == 0
    assert answered(school, "luoxi", "card --json").status == 0


@pytest.mark.clause("D.4", "C.13")
def test_the_evidence_of_a_class_s_case_leaves_under_a_password(school: World) -> None:
    """What is attached is the signed archive, to be checked as ever."""
    case = Cases(school.desk("luoxi")).report("class", "群里有人转发家长电话", "leak")
    under_investigation(school, case, "leak", "江涛")
    run = answered(school, "yanlaoshi", f"case pack {case}")
    assert run.status == 0
    with pytest.raises(pikepdf.PasswordError):
        attached(run.out, "")
    ((name, inside),) = attached(run.out, told(run.err)).items()
    assert name == f"case-{case}.zip"
    publics = read_publics(store().home.keys, SIGN_EVIDENCE)
    found = check(inside, publics)
    assert (found.problems, found.own) == ((), True)


def test_where_no_regulation_asks_a_file_is_what_it_was(world: World) -> None:
    copy = taken(world.desk("liuyang"), "staff", "csv")
    assert (copy.name, copy.password) == ("directory.csv", "")
    assert "张伟".encode() in copy.content


def test_no_two_passwords_are_alike() -> None:
    assert len({protected.password() for _each in range(100)}) == 100
