"""How announcements are put into words: those named here, and those of the files that subjects hook in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, cast

from db.desk.accounts.account_notices import FAILED
from db.desk.accounts.confirming import CONFIRMED
from db.desk.accounts.confirming import KIND as CONFIRM
from db.desk.asking.structure import CLOSED
from db.desk.calendars.recounting import MOVED
from db.desk.calendars.unknown import UNKNOWN
from db.desk.entry.naming import actor_name
from db.desk.notation.localtime import local
from db.desk.notifications.notices import (
    AWAITED,
    BOOK_RULES,
    COMMENTED,
    DECLINED,
    OUTCOME,
    REMINDED,
    RETURNED,
    REVISION,
    TAKEN_BACK,
    WITHDRAWN,
)
from db.desk.privacy.withdrawal import TAKEN_OUT
from db.desk.refusal import SILENT
from db.desk.requests.direct_changes import DIRECT
from db.desk.requests.holding import NOT_DONE, not_done
from db.desk.requests.objecting import OBJECTED
from db.desk.requests.power_lines import lines_of
from db.desk.requests.power_telling import ASKED, DONE
from db.desk.requests.recognising import BOUND
from db.desk.requests.request_views import STATES, state_words
from db.desk.today.notice_views import NoticeToMe
from db.language import Label, Message, Text, _, _n, listed
from tui.sheets import __path__ as folder
from tui.sheets.act_sentences import asked_words, done_words
from tui.sheets.cell import Cell, Styled
from tui.sheets.clauses import clause_text
from tui.sheets.date_words import day
from tui.sheets.notice_slots import ChangesWords, NoticeWords, by_of, role_of, whom_of


def _opened_text(notice: NoticeToMe) -> Text:
    return _("{who}: a request to see the entry was granted", who=f"{notice.name} {notice.unit}")


def _asked_text(notice: NoticeToMe) -> Text:
    act = asked_words(notice)
    said = {"by": by_of(notice), "what": act or notice.task}
    if act is not None:
        return _asked_to_do(notice, said)
    if notice.became:
        return _("{by} asked for: {what} ({became})", became=STATES[notice.became], **said)
    if notice.due:
        due = day(notice.due)
        return _("{by} asks for: {what}; it is done on {day} unless somebody objects (x)", day=due, **said)
    return _("{by} asks for: {what}. If you disagree, object (x)", **said)


def _asked_to_do(notice: NoticeToMe, said: Mapping[str, Text]) -> Text:
    if notice.became:
        return _("{by} asked to {what} ({became})", became=STATES[notice.became], **said)
    if notice.due:
        due = day(notice.due)
        return _("{by} asks to {what}; it is done on {day} unless somebody objects (x)", day=due, **said)
    return _("{by} asks to {what}. If you disagree, object (x)", **said)


def _bound(notice: NoticeToMe) -> Text:
    said = {"by": by_of(notice), "book": Label(str(notice.detail["zh"]), str(notice.detail["en"]))}
    if notice.folded:
        who = _some(notice, [str(one["who"]) for one in notice.alike])
        return _(
            "{by} entered {count} people, who are on record here, in the directory {book} as well: {who}",
            count=notice.folded, who=who, **said,
        )  # fmt: skip
    return _(
        "{by} entered {who}, who is on record here, in the directory {book} as well",
        who=str(notice.detail["who"]), **said,
    )  # fmt: skip


def _some(notice: NoticeToMe, said: Sequence[Text]) -> Text:
    """Return words for the first of several acts folded into one notice, and the number of the others."""
    more = notice.folded - len(said)
    first: Text = listed(said)
    return _("{first}, {rest}", first=first, rest=_("and {count} more", count=more)) if more else first


def _done_to(detail: Mapping[str, object]) -> Text:
    """Return words for what an act was done to."""
    _act, *lines = lines_of(str(detail["operation"]), cast(Mapping[str, Any], detail["arguments"]))
    return listed(line.after for line in lines[:2] if line.after)


def _done_text(notice: NoticeToMe) -> Text:
    by = by_of(notice)
    if notice.folded:
        act = lines_of(str(notice.detail["operation"]), cast(Mapping[str, Any], notice.detail["arguments"]))[
            0
        ]
        what = _some(notice, [_done_to(one) for one in notice.alike])
        return _("{by}, {count} times: {act}; {what}", by=by, count=notice.folded, act=act.after, what=what)
    if not notice.ended:
        return done_words(notice, by) or _("{by}: {what}", by=by, what=notice.task)
    office, first = listed(notice.ended), day(str(notice.detail["day"]))
    return _("You are no longer {office}, as of {day}; by {by}", office=office, day=first, by=by)


def _objected(notice: NoticeToMe) -> Text:
    said = {"by": by_of(notice), "what": notice.task}
    who = whom_of(notice)
    return (
        _("{by} objected to: {what} ({who})", who=who, **said)
        if who
        else _("{by} objected to: {what}", **said)
    )


def _awaited_text(notice: NoticeToMe) -> Text:
    said = [(str(one["who"]), str(one["unit"])) for one in notice.alike or (notice.detail,)]
    if len(said) > 1:
        return _(
            "{count} heads have no account, so nobody decides what waits for them: {who}. Make them one, or "
            "name who acts or deputises",
            count=len(said),
            who=listed(" ".join(one) for one in said),
        )
    ((who, unit),) = said
    return _(
        "{who} heads {unit} and has no account, so nobody decides what waits for them. Make one, or name "
        "who acts or deputises",
        who=who,
        unit=unit,
    )


def undelivered_words(people: int, offices: int) -> Text:
    whom = _n("{count} person", "{count} people", count=people)
    vacant = _n("{count} vacant office", "{count} vacant offices", count=offices)
    if not people:
        return _("{offices}; see the report", offices=vacant)
    if not offices:
        return _("Undeliverable to {people}; see the report", people=whom)
    return _("Undeliverable to {people}, {offices}; see the report", people=whom, offices=vacant)


def _clock(text: Message) -> Callable[[NoticeToMe], Text]:
    """Return a function that words a notice about something due, with slots for task, person and day."""
    return lambda notice: Message(
        text.text, {"what": notice.task, "who": whom_of(notice), "day": day(notice.due) if notice.due else ""}
    )


def _about_request(text: Message) -> Callable[[NoticeToMe], Text]:
    return lambda notice: Message(text.text, {"number": notice.detail["number"], "what": notice.task})


def _moved_text(notice: NoticeToMe) -> Text:
    slots = {"what": notice.task, "day": day(notice.due), "was": day(str(notice.detail["was"]))}
    more = int(str(notice.detail["count"])) - 1
    one: Text = _("The calendar changed: {what} is due on {day}, not {was}", **slots)
    return _("{first}, {rest}", first=one, rest=_("and {count} more", count=more)) if more else one


def _answers(notice: NoticeToMe) -> Text:
    if notice.entry is not None:
        return _("You answer for the outside contact {who}", who=whom_of(notice))
    return _n(
        "You answer for {count} outside contact that {who} answered for",
        "You answer for {count} outside contacts that {who} answered for",
        count=int(str(notice.detail["count"])),
        who=str(notice.detail["from"]),
    )


def _backup(notice: NoticeToMe) -> Text:
    problem = Label(str(notice.detail["zh"]), str(notice.detail["en"]))
    place = str(notice.detail["place"])
    return _("Backups, {place}: {problem}", place=place, problem=problem) if place else problem


def _failed(notice: NoticeToMe) -> Text:
    count, knowing = (int(str(notice.detail[name])) for name in ("count", "knowing"))
    if not knowing:
        return _("{count} sign-ins in your name failed since the last time", count=count)
    return _(
        "{count} failed sign-ins, {knowing} with your password; not you? Press 0, a, e",
        count=count,
        knowing=knowing,
    )


def _office(notice: NoticeToMe) -> Label:
    return Label(str(notice.detail["office_zh"]), str(notice.detail["office_en"]))


def _stuck(notice: NoticeToMe) -> Message:
    slots = {"number": str(notice.detail["number"]), "office": _office(notice)}
    if notice.detail.get("held"):
        return _("Request {number} waits for nobody: no other person is {office}", **slots)
    return _("Request {number} waits for nobody: {office} is vacant", **slots)


def _sign_in(own: Message, other: Message | None = None) -> Callable[[NoticeToMe], Text]:
    """Return a function that words a notice about a sign-in: ``own`` for its owner, ``other`` for those who
    know by their office."""

    def notice_text(notice: NoticeToMe) -> Text:
        text = own if notice.own or other is None else other
        slots = {name: notice.detail.get(name, "–") for name in ("who", "source")} | {"by": by_of(notice)}
        return Message(text.text, slots)

    return notice_text


def _direct(notice: NoticeToMe) -> Text:
    if "office_zh" in notice.detail:
        return _("{office} changed your entry, as others had asked", office=_office(notice))
    by = by_of(notice)
    if notice.own:
        return _("{by} changed your entry, in force at once", by=by)
    return _("{by} changed the entry of {who}, in force at once", by=by, who=whom_of(notice))


def _vouched(notice: NoticeToMe) -> Text:
    opens = str(notice.detail["opens"])
    slots = {
        "who": notice.detail["who"],
        "voucher": notice.detail["voucher"],
        "opens": local(opens)[5:16] if opens else "",
    }
    if not opens:
        own = _("{voucher} vouched for a reset of your sign-in; x stops it")
        other = _("{voucher} vouched for a reset of the sign-in of {who}; x stops it")
    else:
        own = _("{voucher} vouched for a reset of your sign-in, good from {opens}; x stops it")
        other = _("{voucher} vouched for a reset of the sign-in of {who}, good from {opens}; x stops it")
    return Message((own if notice.own else other).text, slots)


GIVEN = _("{by} gave you the role {role}")
BROUGHT = _("Your entry also makes you {role}")
BROUGHT_THEM = _("The entry of {who} brings the role {role} with it")
ENDED = _("You no longer have the role {role}")
ENDED_THEM = _("{who} no longer has the role {role}")


def _right(own: Message, other: Message) -> Callable[[NoticeToMe], Text]:
    def notice_text(notice: NoticeToMe) -> Text:
        slots = {"by": by_of(notice), "who": notice.detail["who"], "role": role_of(notice)}
        if "by" not in notice.detail:
            mine, theirs = (BROUGHT, BROUGHT_THEM) if own is GIVEN else (ENDED, ENDED_THEM)
            return Message((mine if notice.own else theirs).text, slots)
        given: Text = Message((own if notice.own else other).text, slots)
        if "day" in notice.detail:
            given = _("{text}, from {day}", text=given, day=day(str(notice.detail["day"])))
        second = notice.detail.get("second")
        return _("{text}; {who} agreed to it", text=given, who=actor_name(str(second))) if second else given

    return notice_text


def _last_day(own: Message, other: Message) -> Callable[[NoticeToMe], Text]:
    def notice_text(notice: NoticeToMe) -> Text:
        slots = {"by": by_of(notice), "who": notice.detail.get("who", "–")}
        last = str(notice.detail.get("day", ""))
        return Message((own if notice.own else other).text, slots | {"day": day(last) if last else "–"})

    return notice_text


OWN: NoticeWords = {
    "change": lambda notice: _("{who}: the entry was updated", who=f"{notice.name} {notice.unit}"),
    "access": _opened_text,
    "join": lambda notice: _("{who} joined", who=whom_of(notice)),
    "move": lambda notice: _("{who}: a move took effect", who=whom_of(notice)),
    "inside-owner": _answers,
    BOUND: _bound,
    "leave": lambda notice: _("{who} left", who=whom_of(notice)),
    "duty-due": _clock(_("Due on {day}: {what}, {who}")),
    "duty-overdue": _clock(_("Overdue since {day}: {what}, {who}")),
    "duty-escalated": _clock(_("Overdue since {day} and not done: {what}, {who}")),
    "decision-due": _clock(_("Waits for your decision until {day}: {what}, {who}")),
    "decision-overdue": _clock(_("Your decision is overdue since {day}: {what}, {who}")),
    "decision-escalated": _clock(_("Overdue since {day} and not decided: {what}, {who}")),
    OUTCOME: lambda notice: _(
        "Your request {number}, {what}: {state}",
        number=str(notice.detail["number"]),
        what=notice.task,
        state=state_words(str(notice.detail["decision"]), str(notice.detail["state"])),
    ),
    COMMENTED: _about_request(_("Request {number}, {what}: there is a new comment")),
    DECLINED: _about_request(_("Request {number} ({what}), which you had approved, was rejected")),
    TAKEN_BACK: _about_request(_("Request {number}, {what}, was taken back after you approved it")),
    REMINDED: _about_request(_("You are reminded of request {number}: {what}")),
    NOT_DONE: lambda notice: not_done(
        int(str(notice.detail["number"])),
        Label(str(notice.detail["why_zh"]), str(notice.detail["why_en"])),
        is_request=bool(notice.detail["is_request"]),
    ),
    RETURNED: _clock(_("Returned to you, to be amended: {what}, {who}")),
    "usage": lambda notice: _(
        "{who} looked at {count} entries within a day",
        who=str(notice.detail["who"]),
        count=str(notice.detail["entries"]),
    ),
    "reveal": lambda notice: _(
        "{who} was shown protected values of {count} people within an hour",
        who=str(notice.detail["who"]),
        count=str(notice.detail["people"]),
    ),
    CLOSED: lambda notice: _("{unit} was closed, and its headship ended with it", unit=notice.unit),
    "vacancy": lambda notice: _("{unit} has nobody in this directory", unit=notice.unit),
    "unreached": lambda notice: undelivered_words(
        int(str(notice.detail["people"])), int(str(notice.detail["offices"]))
    ),
    AWAITED: _awaited_text,
    "office-vacant": lambda notice: _("{office} is vacant", office=_office(notice)),
    "request-stuck": _stuck,
    MOVED: _moved_text,
    UNKNOWN: lambda notice: _(
        "The holidays of {year} are not known yet, and deadlines reach into it: send the days (calendar add)",
        year=str(notice.detail["year"]),
    ),
    "delete": lambda notice: _("{who}: the entry was deleted", who=f"{notice.name} {notice.unit}"),
    "right": lambda notice: _("{who}: a right was given or taken back", who=f"{notice.name} {notice.unit}"),
    "consent-asked": lambda notice: _(
        "Somebody asks to be given your entry; answer until {day} under My requests, v", day=day(notice.due)
    ),
    TAKEN_OUT: lambda notice: _("{who} took their consent back; it is out of the entry", who=whom_of(notice)),
    "consent-withdrawn": lambda _notice: _("A consent that you had asked for has ended"),
    WITHDRAWN: lambda notice: _(
        "{title}: version {version}, announced for {day}, was withdrawn",
        title=Label(str(notice.detail["zh"]), str(notice.detail["en"])),
        version=str(notice.detail["version"]),
        day=day(str(notice.detail["effective"])),
    ),
    BOOK_RULES: lambda notice: _(
        "From {day} on this directory is under: {titles}",
        day=day(str(notice.detail["effective"])),
        titles=Label(str(notice.detail["zh"]), str(notice.detail["en"])),
    ),
    REVISION: lambda notice: _(
        "{title}: version {version} is in force from {day}",
        title=Label(str(notice.detail["zh"]), str(notice.detail["en"])),
        version=str(notice.detail["version"]),
        day=day(str(notice.detail["effective"])),
    ),
    "account-reset": _sign_in(
        _("{by} asked for a reset of your sign-in. If you did not want it, x stops it"),
        _("{by} asked for a reset of the sign-in of {who}; x stops it"),
    ),
    "reset-vouched": _vouched,
    "reset-half": lambda notice: _(
        "Your half of the code for {who} waits: r shows it once", who=str(notice.detail["who"])
    ),
    "reset-stopped": _sign_in(
        _("The reset of your sign-in was stopped by {by}"),
        _("The reset of the sign-in of {who} was stopped by {by}"),
    ),
    "reset-called": _sign_in(
        _("Somebody at {source} said at the door to be you, locked out"),
        _("Somebody at the door says to be {who}, locked out. If you know it's true, ask for a reset"),
    ),
    "account-enrolled": _sign_in(
        _("New password and authenticator were set from {source}. If it was not you, tell IT at once"),
        _("{who} set a new password and authenticator, from {source}"),
    ),
    "glass-broken": _sign_in(
        _("The host's operator ({by}) alone issued your sign-in code. If it was not wanted, tell IT at once"),
        _("The host's operator ({by}) alone issued the sign-in code of {who}"),
    ),
    "new-source": _sign_in(
        _("You signed in from a new address, {source}. If it was not you, tell IT at once")
    ),
    "token-made": _sign_in(
        _("A token for a script was made, good from {source}. If it was not you, tell IT at once")
    ),
    "token-used": _sign_in(
        _("Your token was used from {source}. If that is no script of yours, withdraw it and tell IT at once")
    ),
    "password-changed": _sign_in(
        _("Your password was changed from {source}. If it was not you, tell IT at once")
    ),
    "recovery-codes-new": _sign_in(
        _("New recovery codes were made from {source}. If it was not you, tell IT at once")
    ),
    DONE: _done_text,
    ASKED: _asked_text,
    DIRECT: _direct,
    OBJECTED: _objected,
    CONFIRM: lambda notice: _(
        "{who} ({login}) uses an account that {by} let in. Do you know them? Acknowledging says yes",
        who=str(notice.detail["who"]),
        login=str(notice.detail["login"]),
        by=by_of(notice),
    ),
    CONFIRMED: _sign_in(
        _("{by} confirmed to know you. Your account counts as your own from now on"),
        _("{by} confirmed to know {who}, whose account counts as their own from now on"),
    ),
    "right-given": _right(GIVEN, _("{by} gave {who} the role {role}")),
    "right-taken": _right(
        _("{by} took the role {role} back from you"), _("{by} took the role {role} from {who}")
    ),
    "last-day": _last_day(
        _(
            "{by} entered that you leave: your access ends when {day} is over. If that is wrong, tell "
            "whoever keeps the directory"
        ),
        _("{by} entered that {who} leaves: all access ends when {day} is over"),
    ),
    "last-day-lifted": _last_day(
        _("Your last day, {day}, is off the record; your access is as it was"),
        _("The last day of {who}, {day}, is off the record; what had ended is back"),
    ),
    "recovery-code-used": lambda _notice: _(
        "One of your recovery codes was used to sign in. If it was not you, tell IT at once."
    ),
    FAILED: _failed,
    "backup-failed": _backup,
    "records-lost": _backup,
    "days-counted": lambda notice: _(
        "{source} changed the host's settings: days are counted by {country}, {time_zone}, before by {was}; "
        "deadlines under way moved with them",
        **notice.detail,
    ),
}


OF_SUBJECTS = [
    vars(import_module(file.name))
    for file in iter_modules(folder, "tui.sheets.")
    if file.name.endswith("_notices")
]
WORDS: NoticeWords = {
    kind: words for part in (OWN, *(one["NOTICES"] for one in OF_SUBJECTS)) for kind, words in part.items()
}
CHANGES: Mapping[str, ChangesWords] = {
    kind: words for one in OF_SUBJECTS for kind, words in one.get("CHANGES", {}).items()
}


def describe_notice(notice: NoticeToMe, *, whole: bool = False) -> Text:
    """Return words for what a notice tells; ``whole``: with every change of an update notice."""
    if notice.kind in CHANGES:
        return CHANGES[notice.kind](notice, whole)
    text = WORDS[notice.kind](notice)
    if notice.ended and whole:
        text = _("{label}: {value}", label=text, value=notice.task)
    elif whole and notice.kind in (DONE, ASKED) and not notice.folded:
        text = _("{text} ({book})", text=text, book=notice.book)
    for number, field in enumerate(notice.fields):
        text = Message(
            "{text} · {field}" if number == 0 else "{text} / {field}", {"text": text, "field": field}
        )
    return text


def notice_line(notice: NoticeToMe, *, whole: bool = False) -> Cell:
    """Return a notice as one cell: what happened, the keys that answer it, the clause."""
    cell: list[Text | Styled] = [describe_notice(notice, whole=whole)]
    if notice.acknowledge:
        cell += ["  ", Styled(_("a acknowledges it"), "accent")]
    if notice.kind == DIRECT and notice.own:
        cell += ["  ", Styled(_("x objects to it"), "accent")]
    if notice.clause != SILENT:
        cell += ["  ", Styled(clause_text(notice.clause), "dim")]
    if whole and notice.kind in (REVISION, BOOK_RULES):
        cell += ["  ", _("To read the rules: 4, then w; v there says what changes.")]
    return cell
