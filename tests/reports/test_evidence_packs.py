"""Evidence packs: what is in them, and that whatever is changed in one is found (C.13, E.18, H.7)."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pikepdf
import pytest

from db.desk import Desk, Refused
from db.desk.cases.cases import Cases
from db.desk.cases.sentencing import Sentence
from db.desk.cases.work import CaseWork
from db.store import clock
from db.store.checkpoints import Checkpoint, Notary
from db.store.engine import store
from db.store.keys import SIGN_AUDIT, SIGN_EVIDENCE, read_public, read_publics, read_signer
from db.store.tables import AuditHead, AuditRecord
from reports.evidence.pack import archive, evidence_pack, manifest_of
from reports.evidence.verifying import check
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.casework import decided, judged, party, sentenced, under_investigation
from tests.db.desk.reviewing import last_record
from tests.wider_world import build_wider_world
from tests.world import World

LEAKS = [
    ("subsidiary", "xuning", "唐雨", "tangyu", "C.13"),
    ("group", "majun", "黄博", "huangbo", "E.18"),
    ("secured", "shibu", "秦玉", "qinyu", "H.7"),
]


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def packed(desk: Desk, case: int) -> bytes:
    return evidence_pack(desk, case, "zh_CN").content


def own_key() -> list[bytes]:
    return read_publics(store().home.keys, SIGN_EVIDENCE)


@pytest.fixture
def leak(world: World, clock: Clock) -> tuple[World, int]:
    """A serious leak in the subsidiary, decided, with an exhibit of the audit and a file."""
    culprit = world.desk("tangyu")
    culprit.directory.reveal(world.entry("linxiao", "subsidiary"), "mobile", "work")
    seen = last_record("directory.reveal").seq
    case = Cases(world.desk("xuning")).report("subsidiary", "客户收到整本名册", "leak")
    desk = under_investigation(world, case, "leak", "唐雨")
    CaseWork(desk).attach(case, "file", desk.evidence.add("截图.txt", "群聊".encode()).id)
    clock.forward(days=1)
    desk = world.desk(desk.actor.login)
    CaseWork(desk).attach(case, "audit", str(seen))
    judged(world, case)
    sentenced(world, case, Sentence(party(case, "唐雨"), ("legal-action",)))
    return world, case


@pytest.mark.clause("C.13", "E.18", "H.7")
@pytest.mark.parametrize(("book", "reporter", "name", "login", "clause"), LEAKS)
def test_a_pack_says_who_saw_what_and_when_and_is_signed(
    world: World, clock: Clock, book: str, reporter: str, name: str, login: str, clause: str
) -> None:
    """Taken by who handles the case, by nobody else; each taking is on record under the clause."""
    wide = build_wider_world("secured", beside=world)
    wide.desk(login).directory.card(wide.entry(login, book))
    seen = last_record("directory.card").seq
    case = Cases(wide.desk(reporter)).report(book, "名册外泄", "leak")
    desk = decided(wide, case, "leak", name, "legal-action")
    clock.forward(days=1)
    desk = wide.desk(desk.actor.login)
    pack = packed(desk, case)
    files = unpacked(pack)
    found = check(pack, own_key())
    assert found.problems == ()
    assert found.own
    assert seen in dict(found.records)
    for language, words, outcome in (("zh_CN", "追究法律责任", "允许"), ("en", "Legal action", "allowed")):
        told = files[f"case.{language}.txt"].decode()
        assert words in told
        assert name in told
        assert clause in told
        assert str(seen) in files[f"audit.{language}.txt"].decode()
        assert outcome in files[f"audit.{language}.txt"].decode()
    assert json.loads(files["chain.json"])["bad"] is None
    record = last_record("casework.evidence")
    assert (record.outcome, record.clause, record.account) == ("done", clause, desk.actor.account)
    assert "sha256" in detail_of(last_record("casework.sign"))
    for other in (reporter, login):
        with pytest.raises(Refused):
            evidence_pack(wide.desk(other), case, "zh_CN")


@pytest.mark.clause("B.7.2", "C.13")
def test_a_fine_is_told_so_that_nobody_multiplies_it_again(world: World) -> None:
    wide = build_wider_world("safety", beside=world)
    case = Cases(wide.desk("dingyi")).report("safety", "两次迟报", "late")
    under_investigation(wide, case, "late", "任和")
    desk = judged(wide, case)
    entry = party(case, "任和")
    desk = sentenced(wide, case, Sentence(entry, ("fine",), occurrences=2, amount=50))
    files = unpacked(packed(desk, case))
    assert "fine 100 CNY in all, 2×" in files["case.en.txt"].decode()
    assert "罚款共 100 元，计 2 次" in files["case.zh_CN.txt"].decode()


@pytest.mark.clause("C.13")
def test_an_exhibit_and_a_file_are_in_the_pack_and_what_is_sealed_is_not(leak: tuple[World, int]) -> None:
    world, case = leak
    pack = packed(world.desk("panlong"), case)
    files = unpacked(pack)
    (name,) = [name for name in files if name.startswith("files/")]
    assert files[name] == "群聊".encode()
    records = [json.loads(line) for line in files["audit.jsonl"].decode().splitlines()]
    (exhibit,) = [one for one in records if one["exhibit"]]
    assert exhibit["fields"]["act"] == "directory.reveal"
    assert "journal" not in exhibit["fields"]
    assert "13800007002" not in pack.decode("latin-1") + "".join(
        content.decode("utf-8", "ignore") for content in files.values()
    )


@pytest.mark.clause("C.13")
def test_whatever_is_changed_is_found(leak: tuple[World, int]) -> None:
    """A file altered, gone or added; digests made anew; another key; a record rewritten and signed."""
    world, case = leak
    files = unpacked(packed(world.desk("panlong"), case))
    key = own_key()
    signed = ("MANIFEST.sha256", "MANIFEST.sig", "public.pem", "public.hex")
    assert check(archive(files), key).problems == ()
    changed = files | {"case.en.txt": files["case.en.txt"].replace(b"Legal action", b"Warning")}
    assert check(archive(changed), key).problems
    covered = {name: content for name, content in changed.items() if name not in signed}
    anew = changed | {"MANIFEST.sha256": manifest_of(covered)}
    assert check(archive(anew), key).problems
    assert check(archive({name: files[name] for name in files if name != "audit.jsonl"}), key).problems
    assert check(archive(files | {"more.txt": b"x"}), key).problems
    assert check(archive(files), [b"\1" * 32]).problems
    rewritten = files["audit.jsonl"].replace(b'"outcome": "done"', b'"outcome": "refused"', 1)
    forged = files | {"audit.jsonl": rewritten}
    covered = {name: content for name, content in forged.items() if name not in signed}
    resigned = CaseWork(world.desk("panlong")).sign(case, manifest_of(covered))
    forged |= {"MANIFEST.sha256": manifest_of(covered), "MANIFEST.sig": resigned.signature}
    assert [str(one.text) for one in check(archive(forged), key).problems] == [
        "Record {number} is not as it was written."
    ]
    for junk in (b"", b"PK\x03\x04junk", archive({})):
        assert check(junk, key).problems


@pytest.mark.clause("C.13")
def test_the_records_of_a_pack_are_those_of_the_chain(leak: tuple[World, int]) -> None:
    world, case = leak
    found = check(packed(world.desk("panlong"), case), own_key())
    assert found.records
    for seq, digest in found.records:
        assert AuditRecord.get_by_id(seq).hash == digest


@pytest.mark.clause("C.13")
@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here")
def test_anybody_checks_it_with_stock_tools(leak: tuple[World, int], tmp_path: Path) -> None:
    """The very commands of README.txt."""
    world, case = leak
    for name, content in unpacked(packed(world.desk("panlong"), case)).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    readme = (tmp_path / "README.txt").read_text("utf-8").split("=" * 78)[1]
    lines = [line.strip() for line in readme.splitlines()]
    digests = next(line for line in lines if "sha256sum -c" in line).split(":")[1].strip()
    joined = next(line for line in lines if "printf" in line).split("signed:")[1].strip()
    verify = next(line for line in lines if line.startswith("openssl"))
    for command in (digests, joined, verify):
        done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 0, (command, done.stderr)


def signed_end() -> Checkpoint:
    """The end of the chain, signed into the place outside."""
    home, head = store().home, AuditHead.get_by_id(1)
    (place,) = home.checkpoint_places(store().settings)
    place.mkdir(exist_ok=True)
    return Notary(read_signer(home.keys, SIGN_AUDIT), [place]).sign(head.seq, head.hash, clock.now())


@pytest.mark.threat(24)
@pytest.mark.clause("C.13", "E.18", "H.7")
def test_signed_checkpoints_cover_the_records_and_are_checked(leak: tuple[World, int]) -> None:
    world, case = leak
    assert check(packed(world.desk("panlong"), case), own_key()).ends == {}, "nothing was signed yet"
    end = signed_end()
    files = unpacked(packed(world.desk("panlong"), case))
    found = check(archive(files), own_key())
    assert (found.problems, found.ends) == ((), {end.seq: end.hash})
    assert found.ends_by == read_public(store().home.keys, SIGN_AUDIT).hex()
    assert any(number <= end.seq for number, _hash in found.records)
    for language, words in (("en", "under signed checkpoints"), ("zh_CN", "被签署的检查点覆盖")):
        assert words in files[f"audit.{language}.txt"].decode()
    for name, content in (
        ("checkpoints.jsonl", files["checkpoints.jsonl"].replace(end.hash.encode(), b"0" * 64)),
        ("checkpoints.hex", b"00" * 32),
    ):
        forged = resigned(world, case, files | {name: content})
        assert [str(one.text) for one in check(archive(forged), own_key()).problems] == [
            "The checkpoints are not signed with the key that stands beside them."
        ]


def resigned(world: World, case: int, files: dict[str, bytes]) -> dict[str, bytes]:
    """``files`` with a manifest that fits them and its signature."""
    signed = ("MANIFEST.sha256", "MANIFEST.sig", "public.pem", "public.hex")
    manifest = manifest_of({name: content for name, content in files.items() if name not in signed})
    signature = CaseWork(world.desk("panlong")).sign(case, manifest).signature
    return files | {"MANIFEST.sha256": manifest, "MANIFEST.sig": signature}


@pytest.mark.clause("C.13")
@pytest.mark.parametrize(("language", "words"), [("zh_CN", "追究法律责任"), ("en", "Legal action")])
def test_the_case_is_pages_that_a_lawyer_can_read(leak: tuple[World, int], language: str, words: str) -> None:
    world, case = leak
    files = unpacked(packed(world.desk("panlong"), case))
    pages = files[f"case.{language}.pdf"]
    assert pages.startswith(b"%PDF-")
    assert pages != files["case.en.pdf" if language == "zh_CN" else "case.zh_CN.pdf"]
    told = text_of_pages(pages)
    assert words in told
    assert "唐雨" in told
    exhibit = next(
        one for one in files[f"audit.{language}.txt"].decode().splitlines() if one.startswith("* ")
    )
    assert exhibit.split()[1] in told


def text_of_pages(content: bytes) -> str:
    """What is set on the pages: the font's codes are UCS-2."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        streams = [page.Contents.read_bytes() for page in pdf.pages]
    strings = [operand for page in streams for operand in re.findall(rb"\((?:\\.|[^()\\])*\)", page)]
    texts = [bytes(pikepdf.Object.parse(one)) for one in strings]
    return "".join(text.decode("utf-16-be", "ignore") for text in texts)
