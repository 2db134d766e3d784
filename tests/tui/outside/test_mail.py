"""Mail: over TLS only, with the encrypted copy, tried again, given up, shown."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pikepdf
import pytest
from pydantic import ValidationError

from db.confined.why import Unreadable
from db.desk.editions.copies import Copies
from db.desk.editions.editions import Editions
from db.desk.editions.tracing import Traces
from db.desk.entry.record import apply_values, remove_entry
from db.desk.notifications.post import BACK_OFF
from db.store import engine
from db.store.engine import Store
from db.store.settings import Mail
from db.store.tables import AuditRecord, EditionFile, Entry, OutgoingMail, StaleSign
from db.store.transactions import writing
from reports.editions.found_copy import read
from tests.audited import detail_of
from tests.conftest import Clock
from tests.editions_world import BOOK, assistant, build_editions_world, with_its_office
from tests.tui.outside.smtp import PASSWORD, Postbox, postbox
from tests.world import World
from tui.outside.mail import deliver_waiting, take_bounce


@pytest.fixture
def box(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    """A mail server, and the settings that name it."""
    folder = store.home.folder
    with postbox(folder) as made:
        mail_through(store, monkeypatch, made.port)
        yield made


BOOKS_OF = {"office": (BOOK,)}


@pytest.fixture
def office(box: Postbox, begun: World) -> World:
    """The controlled book, with mail; nothing is issued yet."""
    return with_its_office(begun)


def mail_through(store: Store, monkeypatch: pytest.MonkeyPatch, port: int, **more: object) -> None:
    """Settings with a mail server on ``port``, its password in a file."""
    secret = store.home.keys / "mail"
    if not secret.exists():
        secret.write_text(PASSWORD + "\n")
        secret.chmod(0o400)
    given = {"host": "127.0.0.1", "port": port, "user": "mingce", "sender": "mingce@huaxing.example"}
    mail = Mail.model_validate({**given, "ca_file": "ca.pem", **more})
    settings = store.settings.model_copy(update={"mail": mail})
    monkeypatch.setattr(engine, "_open", replace(store, settings=settings))


def addresses(box: Postbox) -> list[str]:
    return [message["To"].addresses[0].addr_spec for message in box.arrived]


@pytest.mark.clause("I.4.2.1", "I.4.3.1", "C.9.2")
def test_an_issue_is_mailed_to_its_recipients_encrypted_over_tls(box: Postbox, office: World) -> None:
    issued = Editions(assistant(office)).issue(BOOK, "internal")
    assert not box.arrived
    assert deliver_waiting().sent == 6, "five copies, and word of it to who watches over the book"
    assert box.encrypted == [True] * 6
    assert addresses(box)[5] == "wenmi@huaxing.example"
    assert addresses(box)[3] == "taojs@huaxing.example"
    message = box.arrived[3]
    number = f"C{issued.id:04d}-004"
    assert number in message["Subject"]
    body = message.get_body()
    assert body is not None
    password = Copies(office.desk("taojs")).open(number).password
    assert "陶军" in body.get_content()
    assert password not in message.as_string()
    attached = list(message.iter_attachments())
    assert [part.get_filename() for part in attached] == [f"{number}.pdf"]
    content = attached[0].get_content()
    with pikepdf.open(io.BytesIO(content), password=password) as pdf:
        assert len(pdf.pages) == 1
    row = Editions(assistant(office)).copies(issued.id)[3]
    assert row.mail == "sent"
    assert EditionFile.get(EditionFile.copy == row.id).way == "mail"
    found = Traces(office.desk("wenmi")).file(read(content)).found[0]
    assert (found.name, found.how) == ("陶军", ("file", "code"))
    record = AuditRecord.select().where(AuditRecord.act == "mail.send").order_by(AuditRecord.seq.desc()).get()
    assert record.outcome == "done"
    assert deliver_waiting().sent == 0


def test_what_is_not_taken_now_is_tried_again_later_and_at_last_given_up(
    box: Postbox, office: World, clock: Clock
) -> None:
    issued = Editions(assistant(office)).issue(BOOK, "external")
    box.answers["shenjl@huaxing.example"] = "451 4.7.1 come back later"
    done = deliver_waiting()
    assert (done.sent, done.failed, done.dead) == (1, 1, 0)
    assert deliver_waiting() == type(done)()
    for minutes in BACK_OFF:
        row = Editions(assistant(office)).copies(issued.id)[0]
        assert row.mail == "waiting"
        assert "come back later" in row.problem
        clock.forward(minutes=minutes)
        deliver_waiting()
    row = Editions(assistant(office)).copies(issued.id)[0]
    assert row.mail == "dead"
    assert Editions(assistant(office)).issues(BOOK, "external")[0].undelivered == 1
    del box.answers["shenjl@huaxing.example"]
    assert Editions(assistant(office)).send_again(issued.id) == 1
    assert deliver_waiting().sent == 1
    assert Editions(assistant(office)).copies(issued.id)[0].mail == "sent"


@pytest.mark.clause("E.14")
def test_an_address_that_does_not_exist_is_given_up_at_once(box: Postbox, office: World) -> None:
    box.answers["wenmi@huaxing.example"] = "550 5.1.1 no such mailbox"
    with writing():
        apply_values(office.entry("shenjl", BOOK), {"email": ()}, source="test", verifier=None)
    issued = Editions(assistant(office)).issue(BOOK, "external")
    done = deliver_waiting()
    assert (done.sent, done.failed, done.dead) == (0, 0, 2)
    rows = Editions(assistant(office)).copies(issued.id)
    assert [row.mail for row in rows] == ["dead", "dead"]
    assert "no such mailbox" in rows[1].problem
    record = AuditRecord.select().where(AuditRecord.act == "mail.send").order_by(AuditRecord.seq.desc()).get()
    assert record.outcome == "failed"
    assert json.loads(detail_of(record))["dead"] is True
    signs = [(sign.entry_id, sign.sign, sign.reported_by_id) for sign in StaleSign.select()]
    assert signs == [(office.entry("wenmi", BOOK), "bounced-mail", None)]


def test_a_server_that_is_down_loses_nothing(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postbox(store.home.folder) as box:
        port = box.port
    mail_through(store, monkeypatch, port)
    world = build_editions_world()
    Editions(assistant(world)).issue(BOOK, "external")
    assert deliver_waiting().failed == 1
    assert OutgoingMail.select().where(OutgoingMail.state == "waiting").count() == 2


@pytest.mark.clause("C.9.2")
def test_a_server_with_a_foreign_certificate_gets_nothing(
    box: Postbox, office: World, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_through(store, monkeypatch, box.port, ca_file="")
    Editions(assistant(office)).issue(BOOK, "external")
    assert deliver_waiting().failed == 1
    assert box.arrived == []
    assert "CERTIFICATE" in OutgoingMail.select().order_by(OutgoingMail.id).get().problem.upper()


@pytest.mark.clause("C.9.2")
def test_tls_from_the_first_byte(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    with postbox(store.home.folder, from_the_first=True) as box:
        mail_through(store, monkeypatch, box.port, tls="tls")
        world = build_editions_world()
        Editions(assistant(world)).issue(BOOK, "external")
        assert deliver_waiting().sent == 2


@pytest.mark.clause("C.9.2")
def test_the_settings_refuse_mail_in_clear_beyond_this_machine() -> None:
    with pytest.raises(ValidationError):
        Mail(host="mail.huaxing.example", sender="a@huaxing.example", tls="none")
    assert Mail(host="127.0.0.1", sender="a@huaxing.example", tls="none").port == 587


def test_a_password_that_others_can_read_is_not_used(box: Postbox, office: World, store: Store) -> None:
    (store.home.keys / "mail").chmod(0o644)
    Editions(assistant(office)).issue(BOOK, "external")
    assert deliver_waiting().failed == 1
    assert box.arrived == []


@pytest.mark.threat(72)
@pytest.mark.parametrize("removed", [True, False])
def test_nothing_goes_to_who_left_or_of_a_copy_that_was_called_back(
    box: Postbox, office: World, removed: bool
) -> None:
    """Nor to somebody whose last day is over, though the entry stands."""
    issued = Editions(assistant(office)).issue(BOOK, "external")
    leaver, moment = office.entry("shenjl", BOOK), "2026-11-22T16:00:00.000000Z"
    with writing():
        if removed:
            remove_entry(leaver, "2026-11-23")
        else:
            Entry.update(ended_at=moment).where(Entry.id == leaver).execute()
    Editions(assistant(office)).recall(issued.id, "列错了一栏", f"C{issued.id:04d}-002")
    deliver_waiting()
    assert [message["Subject"].partition("：")[0] for message in box.arrived] == ["收回通知"]
    body = box.arrived[0].get_body()
    assert body is not None
    assert "列错了一栏" in body.get_content()


def test_two_senders_send_each_message_once(box: Postbox, office: World) -> None:
    from db.desk.notifications.post import next_letter, record_sent

    Editions(assistant(office)).issue(BOOK, "external")
    first, second = next_letter(), next_letter()
    assert first is not None
    assert second is not None
    assert first.id != second.id
    assert next_letter() is None
    record_sent(first, None)
    assert deliver_waiting().sent == 0


def test_a_name_with_line_breaks_makes_no_headers(box: Postbox, office: World) -> None:
    Entry.update(name="温蜜\r\nBcc: all@huaxing.example").where(
        Entry.id == office.entry("wenmi", BOOK)
    ).execute()
    Editions(assistant(office)).issue(BOOK, "external")
    assert deliver_waiting().sent == 2
    assert all(message["Bcc"] is None for message in box.arrived)
    assert box.arrived[1]["To"].addresses[0].display_name == "温蜜 Bcc: all@huaxing.example"


def test_the_home_of_the_password_is_the_state_folder(store: Store) -> None:
    assert Mail(host="x", sender="a@b.example").password_file == str(Path("keys/mail"))


def returned(
    message: EmailMessage, status: str = "5.1.1", action: str = "failed", whole: bool = True
) -> bytes:
    """What a server sends that could not deliver a message after all (RFC 3464)."""
    to = message["To"].addresses[0].addr_spec
    original = message.as_string() if whole else f"Message-ID: {message['Message-ID']}\nSubject: x\n"
    kind = "message/rfc822" if whole else "text/rfc822-headers"
    return (
        "From: MAILER-DAEMON@example.com\nTo: mingce@huaxing.example\nSubject: Undelivered\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nSorry.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n"
        f"Final-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}\n"
        "Diagnostic-Code: smtp; 550 no such mailbox\n\n"
        f"--b\nContent-Type: {kind}\n\n{original}\n--b--\n"
    ).encode()


@pytest.mark.clause("E.14")
@pytest.mark.parametrize("whole", [True, False])
def test_mail_that_comes_back_late_counts_as_given_up(box: Postbox, office: World, whole: bool) -> None:
    issued = Editions(assistant(office)).issue(BOOK, "external")
    deliver_waiting()
    (message,) = [one for one in box.arrived if "shenjl" in str(one["To"])]
    assert take_bounce(returned(message, whole=whole)) == "noted"
    row = Editions(assistant(office)).copies(issued.id)[0]
    assert row.mail == "dead"
    assert "no such mailbox" in row.problem
    signs = [(sign.entry_id, sign.sign) for sign in StaleSign.select()]
    assert signs == [(office.entry("shenjl", BOOK), "bounced-mail")]
    record = AuditRecord.select().where(AuditRecord.act == "mail.send").order_by(AuditRecord.seq.desc()).get()
    assert record.outcome == "failed"
    assert take_bounce(returned(message)) == "known"
    assert StaleSign.select().count() == 1, "once"
    assert Editions(assistant(office)).send_again(issued.id) == 1


@pytest.mark.parametrize(
    ("status", "action"), [("4.4.1", "delayed"), ("4.2.2", "failed"), ("2.0.0", "relayed")]
)
def test_a_delay_gives_nothing_up(box: Postbox, office: World, status: str, action: str) -> None:
    Editions(assistant(office)).issue(BOOK, "external")
    deliver_waiting()
    assert take_bounce(returned(box.arrived[0], status, action)) is None
    assert not OutgoingMail.select().where(OutgoingMail.state == "dead").exists()


def test_a_full_mailbox_and_an_address_changed_since_mark_no_entry(box: Postbox, office: World) -> None:
    Editions(assistant(office)).issue(BOOK, "external")
    deliver_waiting()
    (message,) = [one for one in box.arrived if "shenjl" in str(one["To"])]
    with writing():
        new = {"email": ("new@huaxing.example",)}
        apply_values(office.entry("shenjl", BOOK), new, source="test", verifier=None)
    assert take_bounce(returned(message)) == "noted"
    other = next(one for one in box.arrived if one is not message)
    assert take_bounce(returned(other, "5.2.2")) == "noted"
    assert not StaleSign.select().exists()


def test_nobody_makes_up_that_mail_came_back(box: Postbox, office: World) -> None:
    """A Message-ID is known to those alone who got the message: its number can be guessed, its proof not."""
    Editions(assistant(office)).issue(BOOK, "external")
    deliver_waiting()
    message = box.arrived[0]
    own = re.fullmatch(r"<mingce-(\d+)-([0-9a-f]{24})@huaxing.example>", message["Message-ID"])
    assert own is not None
    number, proof = own.groups()
    for forged in (
        f"<mingce-{number}@huaxing.example>",
        f"<mingce-{int(number) + 1}-{proof}@huaxing.example>",
    ):
        del message["Message-ID"]
        message["Message-ID"] = forged
        assert take_bounce(returned(message)) == "not-ours"
    for content in (b"", b"hello", box.arrived[0].as_bytes(), b"Content-Type: multipart/report\n\n"):
        with pytest.raises(Unreadable):
            take_bounce(content)
    assert not OutgoingMail.select().where(OutgoingMail.state == "dead").exists()


def test_answers_go_where_the_settings_say(
    box: Postbox, office: World, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_through(store, monkeypatch, box.port, reply_to="office@huaxing.example")
    Editions(assistant(office)).issue(BOOK, "external")
    deliver_waiting()
    assert {str(one["Reply-To"]) for one in box.arrived} == {"office@huaxing.example"}
