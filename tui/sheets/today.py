"""The rows of Today in words: what waits, what is stuck elsewhere, what is unlike other days, what is new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from db.desk.due_dates import today
from db.desk.entry.naming import actor_name
from db.desk.notation.localtime import local
from db.desk.overview.outlook import DeadlineOutlook, MonthOutlook, UnitOutlook, Unusual
from db.desk.requests.queue import DueFilter
from db.desk.requests.request_views import RequestRow
from db.desk.tasks.task_views import TaskRow
from db.desk.today.notice_views import NoticeToMe
from db.desk.today.waiting import Alike, Matter, OtherMatter, Tally
from db.language import Message, Text, _, _n, clause_words, listed
from tui.jobs import Job
from tui.sheets.cell import UNFILLED, Cell, Fact, Styled, Tone
from tui.sheets.date_words import day, days_left, month_word
from tui.sheets.notice_words import notice_line
from tui.sheets.request_facts import changes, differences, marked_who, progress_text, sent_back
from tui.sheets.task_facts import missing_word

FEW = 5
"""Below so many a share is written out: a percentage of fewer says more than it knows."""
BAR = 10
"""Cells of a bar."""
SPANS: dict[DueFilter, Message] = {
    "all": _("Everything"),
    "overdue": _("Overdue"),
    "today": _("Today"),
    "week": _("This week"),
    "later": _("Later"),
}
AGES = ((1, 1, _("1 day")), (2, 3, _("2-3 days")), (4, 9_999, _("4 days and more")))
"""Working days that something is overdue, from and to."""
DID: dict[str, Message] = {"refused": _("Refused"), "opened": _("Looked up")}


@dataclass(frozen=True, slots=True)
class DealtWith:
    """A request that somebody else dealt with while its reader looked at the list, and what they did."""

    row: RequestRow
    said: Text

    @property
    def id(self) -> int:
        return self.row.id


@dataclass(frozen=True, slots=True)
class WithOthers:
    """What others decide or do now: the reader's ``own``, or what they agreed to."""

    row: RequestRow | TaskRow | Alike
    own: bool


TodayRow = Matter | Alike | DealtWith | WithOthers | NoticeToMe | UnitOutlook | Unusual | Job
"""What a row may be."""


def key_of(row: TodayRow) -> tuple[object, ...]:
    """Return the key that the cursor stays with; a request keeps its key when somebody else has dealt with
    it."""
    match row:
        case WithOthers():
            return key_of(row.row) if row.own else ("agreed", *key_of(row.row))
        case RequestRow() | DealtWith():
            return "request", row.id
        case Alike():
            return "request", row.first.id
        case TaskRow():
            return "task", row.id
        case OtherMatter():
            return row.kind, row.book, row.id
        case NoticeToMe():
            return "notice", row.id
        case UnitOutlook():
            return "unit", row.book, row.unit
        case Unusual():
            return "unusual", row.book, row.account, row.what, row.day
        case Job():
            return "job", row.en


def matters_of(row: TodayRow | None) -> set[tuple[bool, int]]:
    """Return the requests and tasks that a row stands for, each as (is it a task, its number)."""
    if isinstance(row, RequestRow | TaskRow):
        return {(isinstance(row, TaskRow), row.id)}
    return {(False, number) for number in row.requests} if isinstance(row, Alike) else set()


def plain_of(
    row: TodayRow,
) -> RequestRow | TaskRow | OtherMatter | NoticeToMe | UnitOutlook | Unusual | Job:
    """Return the request, task or other item of a row; of several alike, the first."""
    if isinstance(row, WithOthers | DealtWith):
        return plain_of(row.row)
    return row.first if isinstance(row, Alike) else row


def clock(row: TodayRow) -> Cell:
    if isinstance(row, DealtWith):
        return Styled("–", "dim")
    one = plain_of(row)
    match one:
        case RequestRow() if one.returned is not None and one.due is None:
            return Styled(one.state_label, "warn")
        case NoticeToMe():
            at = local(one.at)
            return at[11:16] if at[:10] == today().isoformat() else at[5:10]
        case UnitOutlook():
            return Styled(_("{count} late", count=one.overdue), "bad") if one.overdue else _("none late")
        case Job():
            return Styled(one.keys, "accent")
        case Unusual():
            return _("today") if one.day == today().isoformat() else _("yesterday")
        case _:
            return days_left(one.due)


def kind(row: TodayRow) -> Cell:
    one = plain_of(row)
    words: Text = ""
    match one:
        case RequestRow() | TaskRow() | OtherMatter():
            words = one.kind_label
        case UnitOutlook():
            words = _n("{days} day", "{days} days", days=one.worst) if one.overdue else "–"
        case Unusual():
            words = DID[one.what]
    return Styled(words, "dim" if isinstance(row, DealtWith) else "")


def row_person(row: TodayRow, reader: str) -> Cell:
    inside = row.row if isinstance(row, WithOthers) else row
    words: Text = ""
    match inside:
        case Alike():
            count, units = len(inside.requests), listed(inside.units)
            words = _n("{count} person {units}", "{count} people {units}", count=count, units=units)
        case OtherMatter():
            words = reader
        case DealtWith():
            words = marked_who(inside.row)
        case RequestRow() | TaskRow():
            words = marked_who(inside)
        case UnitOutlook():
            words = inside.name
        case Unusual():
            words = f"{inside.name} {inside.unit}".strip()
    return Styled(words, "dim" if isinstance(row, DealtWith) else "strong")


def row_matter(row: TodayRow) -> Cell:
    """Return a cell with what a row is about; for what waits for others, whom it waits for first."""
    match row:
        case DealtWith():
            return Styled(row.said, "dim")
        case WithOthers(row=TaskRow() as task):
            return [missing_word(task), "  ", task.about]
        case WithOthers(row=Alike() as alike):
            return [progress_text(alike.first), "  ", _fields(alike)]
        case WithOthers(row=RequestRow() as request):
            return [progress_text(request), "  ", *differences(request.summary)]
        case Alike():
            return _("{fields}, submitted by {who}", fields=_fields(row), who=actor_name(row.first.requester))
        case RequestRow():
            asked = differences(row.summary)
            back = row.returned
            return asked if back is None else [Styled(f"#{row.id} ", "dim"), sent_back(back), "  ", *asked]
        case TaskRow():
            return missing_word(row)
        case OtherMatter():
            clause = Styled(clause_words(row.due.clause), "dim")
            return [row.label, "  ", clause, "  ", Styled(row.book_label, "dim")]
        case UnitOutlook():
            kept = share(row.kept, row.due)
            people = listed(f"{name} {count}" for name, count in row.waits_for)
            if not row.waits_for:
                return kept
            return [*(kept if row.due else []), "  " if row.due else "", _("waits for {names}", names=people)]
        case Unusual():
            return _unlike(row)
    return ""


def spanning_cell(row: TodayRow) -> Cell | None:
    if isinstance(row, NoticeToMe):
        return notice_line(row)
    return row.title if isinstance(row, Job) else None


def row_marks(row: TodayRow, *, fresh: bool, reminded: bool) -> Cell:
    """Return a cell with the marks of a row: new, urged, step, number of files and comments."""
    inside = row.row if isinstance(row, WithOthers) else row
    parts: list[Text | Styled] = [Styled(_("new"), "accent"), " "] if fresh else []
    parts += [Styled(_("urged"), "warn"), " "] if reminded else []
    first = inside.first if isinstance(inside, Alike) else inside
    if isinstance(first, RequestRow):
        parts.append(f"{first.step}/{first.steps}")
        files = inside.evidence if isinstance(inside, Alike) else first.evidence
        parts += [" ", _("ev.{count}", count=files)] if files else []
        parts += [" ", _("c.{count}", count=first.comments)] if first.comments else []
    return parts


def _fields(alike: Alike) -> Text:
    if alike.first.batch:
        return _("one batch")
    return listed(line.label for line in alike.first.summary)


def _unlike(row: Unusual) -> Text:
    if row.what == "refused":
        return _n("{count} refusal", "{count} refusals", count=row.count)
    if row.usual is None:
        return _n("opened {count} entry", "opened {count} entries", count=row.count)
    return _("opened {count} entries, {usual} on other days", count=row.count, usual=row.usual)


# The numbers


def tally_line(tally: Tally, chosen: DueFilter) -> list[Text | Styled]:
    """Return the line of counts by due day, of returned requests, of the reader's turn, and of their own."""
    counts: dict[DueFilter, int] = {
        "overdue": tally.overdue,
        "today": tally.today,
        "week": tally.week,
        "later": tally.later,
    }
    line: list[Text | Styled] = []
    for span, count in counts.items():
        tone: Tone = (
            "accent" if span == chosen else "bad" if span == "overdue" and count else _dim_if_none(count)
        )
        line += [Styled(Message("{label} {count}", {"label": SPANS[span], "count": count}), tone), "  "]
    line += ["│"]
    if tally.returned:
        line += ["  ", Styled(_("returned {count}", count=tally.returned), "warn")]
    mine = tally.all - tally.returned
    line += ["  ", Styled(_("for me {count}", count=mine), _dim_if_none(mine))]
    return [*line, "  ", Styled(_("mine {count}", count=tally.others), _dim_if_none(tally.others))]


def outlook_line(outlook: DeadlineOutlook) -> list[Text | Styled]:
    """Return the line of numbers of the people whom the reader answers for; without any, when their own entry
    was last confirmed."""
    if not outlook.people:
        verified = outlook.verified
        return [_("My entry was last changed or confirmed on {day}", day=day(verified))] if verified else []
    late = sum(unit.overdue for unit in outlook.units)
    line: list[Text | Styled] = [
        Styled(outlook.name or _("All"), "strong"),
        " ",
        _n("{count} person", "{count} people", count=outlook.people),
        "  ",
        Styled(_("{count} late", count=late), "bad" if late else "dim"),
    ]
    if outlook.lacking is not None:
        lacking = _("{count} lacking something", count=outlook.lacking)
        line += ["  ", Styled(lacking, "warn" if outlook.lacking else "dim")]
    if outlook.moves:
        joined, moved, gone = outlook.moves
        line += [
            "  ",
            _("joined {joined}, moved {moved}, left {left}", joined=joined, moved=moved, left=gone),
        ]
    kept = [month for month in outlook.months if month.due]
    if kept:
        line += ["  ", _("in time"), *_by_month(kept)]
    return line


def _by_month(kept: Iterable[MonthOutlook]) -> Iterator[Text]:
    for one in kept:
        yield " "
        yield _("{month} {share}", month=month_word(one.month), share=_short_share(one.kept, one.due))


def share(kept: int, due: int) -> list[Text | Styled]:
    """Return the share done in time, in numbers and as a bar; numbers alone if few were due."""
    if not due:
        return [Styled(_("nothing was due"), "dim")]
    if due < FEW:
        return [_("in time {kept}/{due}", kept=kept, due=due)]
    length = BAR * kept // due
    bar = [Styled("█" * length, "good"), Styled(UNFILLED * (BAR - length), "dim")]
    return [_("in time {percent}", percent=f"{_short_share(kept, due):>4}"), " ", *bar]


def _short_share(kept: int, due: int) -> str:
    return f"{kept}/{due}" if due < FEW else f"{100 * kept // due}%"


def _dim_if_none(count: int) -> Tone:
    return "" if count else "dim"


# Beside the list


def months(outlook: DeadlineOutlook) -> list[Fact]:
    return _under(
        _("Kept by month"), [(one.month, share(one.kept, one.due)) for one in outlook.months if one.due]
    )


def other_deciders(rows: Iterable[TodayRow]) -> list[Fact]:
    """Return facts that count who else could decide what waits for the reader."""
    hands = Counter[Text]()
    for row in rows:
        first = plain_of(row)
        if isinstance(row, RequestRow | Alike) and isinstance(first, RequestRow) and first.returned is None:
            others = _("only me") if len(first.waits_for) == 1 else listed(first.waits_for)
            hands[others] += len(matters_of(row))
    return _under(_("Whose it is"), [(names, _count_bar(count)) for names, count in hands.most_common(4)])


def overdue_ages(rows: Iterable[TodayRow]) -> list[Fact]:
    """Return facts that count overdue items by how late they are."""
    dues = [one.due for one in map(plain_of, rows) if isinstance(one, RequestRow | TaskRow)]
    late = [-due.left for due in dues if due is not None and due.left < 0]
    counts = ((words, sum(first <= days <= last for days in late)) for first, last, words in AGES)
    return _under(_("How late"), [(words, _count_bar(count)) for words, count in counts if count])


def summary_facts(row: TodayRow) -> list[Fact]:
    one = plain_of(row)
    found: list[Fact] = []
    if isinstance(one, RequestRow | TaskRow):
        label = f"#{one.id}" if isinstance(one, RequestRow) else _("Task")
        found += [(label, one.kind_label), ("", row_person(row, ""))]
        if one.due is not None:
            found.append(
                (_("Due"), [day(one.due.day), "  ", days_left(one.due), "  ", clause_words(one.due.clause)])
            )
    match one:
        case RequestRow():
            found += changes(one.summary)
            found += [
                (_("State"), progress_text(one, whole=True)),
                (_("Asked by"), actor_name(one.requester)),
            ]
        case TaskRow():
            missing = missing_word(one)
            found += [(_("About"), one.about), (_("State"), missing if missing.text != one.about else "")]
        case NoticeToMe():
            found = [(_("When"), local(one.at)[:16]), ("", notice_line(one, whole=True))]
        case UnitOutlook():
            waits: list[Fact] = [(name, _count_bar(count)) for name, count in one.waits_for]
            found = [("", Styled(one.name, "strong")), (_("Directory"), one.book_label)]
            found.append((_("In time"), share(one.kept, one.due)))
            found += _under(_("Waits for"), waits)
        case Unusual():
            found = [(DID[one.what], row_person(row, "")), (_("Day"), day(one.day)), ("", _unlike(one))]
        case OtherMatter():
            found = [(one.kind_label, one.label), (_("Directory"), one.book_label)]
        case Job():
            found = [(_("Keys"), one.keys), ("", one.title)]
    return [(label, value) for label, value in found if value]


def _under(words: Text, found: list[Fact]) -> list[Fact]:
    """Return ``found`` below a heading; [] if it is empty."""
    return [(Styled(words, "head"), ""), *found] if found else []


def _count_bar(count: int) -> Cell:
    return [f"{count:>3} ", Styled("█" * min(count, 2 * BAR), "accent")]
