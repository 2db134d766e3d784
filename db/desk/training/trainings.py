"""Training at the desk: who is due, and recording who attended (F.6.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from peewee import fn

from db.desk.authority.office_names import title_of
from db.desk.authority.permissions import Permissions, is_within, policy_of
from db.desk.content_filter.content import refuse_card_numbers
from db.desk.due_dates import Due, due_of, today
from db.desk.entry.colleagues import internal_kinds
from db.desk.frame import OperationGroup, operation
from db.desk.importing.importing import Source
from db.desk.notation.localtime import local
from db.desk.power.concerned import own_part
from db.desk.power.declaration import LOOKS, OBJECTED_TO, Power, Way, power_over
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.today.waiting import OtherMatter
from db.desk.training.attendance import Attended, read_attendance
from db.desk.training.closing import closed_books
from db.desk.training.course import Course, Marked, course_of, mark_answers
from db.desk.training.topics import (
    COURSE,
    Topic,
    Training,
    count_again,
    first_days,
    standing_to,
    store_trainings,
    strike_rows,
    topics_of,
    trained_people,
)
from db.language import Label, Text, _, say
from db.store import clock
from db.store.moves import Moves
from db.store.tables import Entry, SearchEntry, Trained, Unit

REASON_LENGTH = 200
TAKEN_BACK_IN_PARTS = Power(frozenset({Moves.DUTY}), Way.TOLD, "training.strike", in_parts=True)


@dataclass(frozen=True, slots=True)
class BookTopic:
    """A topic of a book the actor keeps or has people in. ``records``: may record who attended."""

    book: str
    book_label: Label
    topic: Topic
    people: int
    overdue: int
    records: bool


@dataclass(frozen=True, slots=True)
class PersonTraining:
    """One person and how they stand to a topic."""

    entry: int
    name: str
    unit: str
    training: Training


@dataclass(frozen=True, slots=True)
class OwnTraining:
    """A topic of an own book, and how the actor stands to it; ``due``: the next one, near or past."""

    book: str
    book_label: Label
    topic: Topic
    training: Training
    due: Due | None


class Trainings(OperationGroup):
    """Operations on training. They are open to those whose training is overdue too."""

    @operation("training.mine", label=_("ask for own training"), recorded=False, power=LOOKS, untrained=True)
    def mine(self) -> tuple[OwnTraining, ...]:
        return to_attend(self.permissions)

    @operation(
        "training.shut_out",
        label=_("ask whether a training is needed first"),
        recorded=False,
        power=LOOKS,
        untrained=True,
    )
    def shut_out(self) -> bool:
        """Return whether no book is left that the actor may use before a training."""
        closed = closed_books(self.permissions)
        return bool(closed) and set(self.permissions.books) <= set(closed)

    @operation(
        "training.topics", label=_("list training topics"), recorded=False, power=LOOKS, untrained=True
    )
    def topics(self) -> tuple[BookTopic, ...]:
        """Return the topics of the books that the actor keeps, supervises, or heads a department of, with how
        many are due."""
        found = []
        for book in self.permissions.books:
            if not self._places(book):
                continue
            for topic in topics_of(policy_of(book)):
                people = self._people(book, topic)
                overdue = sum(one.training.overdue for one in people)
                found.append(
                    BookTopic(
                        book, title_of(book), topic, len(people), overdue, self.permissions.keeps_book(book)
                    )
                )
        return tuple(found)

    @operation("training.people", label=_("list who is trained"), recorded=True, power=LOOKS, untrained=True)
    def people(self, book: str, topic: str) -> tuple[PersonTraining, ...]:
        """Return the people for whom the actor is responsible and how they stand to ``topic``, overdue first;
        recorded. Raises Refused."""
        wanted = self._topic(book, topic)
        return self._people(book, wanted)

    @operation("training.course", label=_("read a course"), recorded=False, power=LOOKS, untrained=True)
    def course(self, book: str, topic: str) -> Course:
        """Return the lessons of ``topic`` and the questions at the end; for everybody of the book. Raises
        Invalid for no such topic."""
        return course_of(self.permissions, book, self._find_topic(book, topic))

    @operation(
        "training.take",
        label=_("take the test of a course"),
        recorded=True,
        power=power_over(Moves.DUTY),
        untrained=True,
    )
    def take(self, book: str, topic: str, version: str, answers: Sequence[int]) -> Marked:
        """Check the answers to the course in ``version``, each the place of an answer from 1, and return the
        result; where all are right, store that the actor is trained today. Raises Invalid where the rules
        have changed since it was opened, Refused for who has no entry of their own in the book."""
        wanted = self._find_topic(book, topic)
        person = self.permissions.person
        if person is None or self.permissions.own_kinds.get(book) not in internal_kinds(policy_of(book)):
            raise Refused(
                _("Only who is in this directory as one of its own people is trained on it."),
                wanted.clause,
                _("Your own trainings are under My training."),
            )
        if version != wanted.version:
            raise Invalid(Problem("version", _("The rules have changed meanwhile. Open the course again.")))
        result = mark_answers(book, wanted, answers)
        self.act.note_facts(clause=wanted.clause, topic=topic, version=version, wrong=len(result.wrong))
        if result.passed:
            self._write(book, wanted, [Attended(person, today().isoformat())], COURSE)
        return result

    @operation(
        "training.record",
        label=_("record a training"),
        recorded=True,
        power=TAKEN_BACK_IN_PARTS,
        untrained=True,
    )
    def record(self, book: str, topic: str, entries: Sequence[int], day: str = "") -> int:
        """Store that the people of ``entries`` attended on ``day`` (ISO; today), and return how many; they
        and an independent watcher are notified. Raises Refused for anyone but the maintainer and for their
        own attendance, Invalid for a day to come or people of no such entry."""
        wanted = self._topic(book, topic)
        self._check_records(book, wanted)
        day = day or today().isoformat()
        if day > today().isoformat():
            raise Invalid(Problem("day", _("This day is still to come.")))
        rows = Entry.select().where(
            (Entry.book == book) & (Entry.state == "active") & Entry.id.in_(list(entries))
        )
        attended = [Attended(row.person_id, day) for row in rows]
        if len(attended) != len(set(entries)) or not attended:
            raise Invalid(Problem("entries", _("Choose people of this directory.")))
        self._check_others(attended)
        return self._write(book, wanted, attended, "")

    @operation(
        "training.load",
        label=_("import an attendance list"),
        recorded=True,
        power=TAKEN_BACK_IN_PARTS,
        untrained=True,
    )
    def load(
        self, book: str, topic: str, rows: Sequence[Sequence[str]], source: Source, day: str = ""
    ) -> int:
        """Store an attendance list, all or none, and return how many attended; they and an independent
        watcher are notified. ``rows`` begins with headings. Raises Refused for anyone but the maintainer and
        for a list with the actor on it, BadRows with every error by row."""
        wanted = self._topic(book, topic)
        self._check_records(book, wanted)
        self.act.note_facts(file=source.name, sha256=source.digest)
        attended = read_attendance(book, rows, internal_kinds(policy_of(book)), day or today().isoformat())
        self._check_others(attended)
        return self._write(book, wanted, attended, f"{source.name} {source.digest}")

    @operation(
        "training.strike",
        label=_("take a training back"),
        recorded=True,
        power=TAKEN_BACK_IN_PARTS,
        untrained=True,
    )
    def strike(
        self, book: str, topic: str, trained: Sequence[int], reason: str, *, stands: bool = False
    ) -> int:
        """Mark attendances as struck, with ``reason``, so that they count no more; return how many. Their
        people and an independent watcher are notified. They stay on record, and the training falls due after
        30 days. Where somebody objects whose attendance it is, only theirs is struck; with ``stands`` a
        struck one counts again. A passed course stays. Raises Refused for anyone but the maintainer, and for
        their own; Invalid without a reason, or for records that are not there."""
        wanted = self._topic(book, topic)
        self._check_records(book, wanted)
        said = " ".join(reason.split())[:REASON_LENGTH]
        if not said:
            raise Invalid(Problem("reason", _("Say why it does not count.")))
        refuse_card_numbers([policy_of(book)], _("Reason"), said, "reason")
        rows = list(
            Trained.select().where(
                (Trained.book == book)
                & (Trained.topic == topic)
                & (Trained.source != COURSE)
                & Trained.id.in_(list(trained))
            )
        )
        objector = self.act.objector
        chosen = [row for row in own_part(objector, rows) if (row.struck_at is not None) == stands]
        if objector is None:
            self._check_others([Attended(row.person_id, row.on_day) for row in chosen])
        if not objector and (stands or not chosen):
            raise Invalid(Problem("entries", _("Choose people whose attendance is on record.")))
        if stands:
            count_again(chosen)
        else:
            strike_rows(chosen, objector or self.permissions.account, said)
        taken_back = [row.id for row in chosen]
        self.act.back = {"trained": taken_back, "reason": say(OBJECTED_TO, "zh_CN"), "stands": True}
        self.act.note_facts(clause=wanted.clause, topic=topic, trained=len(chosen), reason=said)
        return len(chosen)

    def _check_others(self, attended: Sequence[Attended]) -> None:
        """Raise Refused where the actor's own attendance would be recorded, or taken back, by them."""
        if self.permissions.person in {one.person for one in attended}:
            raise Refused(
                _("Your own attendance is not yours to record."),
                SILENT,
                _("Pass the course under My training, or have another who keeps the directory record it."),
            )

    def _write(self, book: str, topic: Topic, attended: Sequence[Attended], source: str) -> int:
        at, before = clock.now(), Trained.select(fn.MAX(Trained.id)).scalar() or 0
        rows = [
            {
                "person": one.person,
                "book": book,
                "topic": topic.id,
                "version": topic.version,
                "on_day": one.day,
                "recorded_at": at,
                "recorded_by": self.permissions.account,
                "source": source,
            }
            for one in attended
        ]
        store_trainings(rows)
        mine = (Trained.recorded_by == self.permissions.account) & (Trained.recorded_at == at)
        new = Trained.select(Trained.id).where((Trained.id > before) & mine).order_by(Trained.id)
        self.act.back = {"trained": [row.id for row in new], "reason": say(OBJECTED_TO, "zh_CN")}
        self.act.note_facts(clause=topic.clause, topic=topic.id, version=topic.version, trained=len(rows))
        return len(rows)

    def _find_topic(self, book: str, topic: str) -> Topic:
        self.permissions.check_book(book)
        self.act.note_facts(book=book)
        known = next((one for one in topics_of(policy_of(book)) if one.id == topic), None)
        if known is None:
            raise Invalid(Problem("topic", _("The regulations of this directory ask for no such training.")))
        return known

    def _topic(self, book: str, topic: str) -> Topic:
        known = self._find_topic(book, topic)
        if not self._places(book):
            raise Refused(
                _("Only those who answer for people of the directory see their training."),
                known.clause,
                _("Your own training is under Training."),
            )
        self.act.note_facts(clause=known.clause)
        return known

    def _people(self, book: str, topic: Topic) -> tuple[PersonTraining, ...]:
        policy, places = policy_of(book), self._places(book)
        rows = (
            Entry.select(Entry, Unit)
            .join(Unit)
            .left_outer_join(SearchEntry, on=(SearchEntry.entry == Entry.id))
            .where((Entry.book == book) & (Entry.state == "active") & Entry.kind.in_(internal_kinds(policy)))
            .order_by(Entry.unit, SearchEntry.line)
        )
        last, first_day = trained_people(book, topic.id), first_days(book)
        root = self.permissions.recorded_books[book].root
        found = [
            PersonTraining(
                row.id, row.name, row.unit.name, standing_to(topic, last.get(row.person_id), first_day(row))
            )
            for row in rows
            if root in places or any(is_within(row.unit_id, place) for place in places)
        ]
        order = ("never", "due", "soon", "trained")
        return tuple(sorted(found, key=lambda one: (order.index(one.training.state), one.training.due)))

    def _places(self, book: str) -> frozenset[int]:
        """Return units from which down the actor sees who is trained."""
        policy = policy_of(book)
        functions = {*policy.keepers, policy.supervisor.role, *policy.managers}
        return frozenset(
            holding.unit
            for holding in self.permissions.holdings
            if holding.book == book and holding.role in functions
        )

    def _check_records(self, book: str, topic: Topic) -> None:
        if not self.permissions.keeps_book(book):
            role = policy_of(book).role(policy_of(book).maintainer.role).label
            raise Refused(
                _("Attendance is recorded by {role}.", role=role),
                topic.clause or SILENT,
                _("Send them the attendance list."),
            )


def to_attend(permissions: Permissions) -> tuple[OwnTraining, ...]:
    """Return the trainings that the account's own books ask for, overdue ones first; none of outside
    contacts."""
    found = []
    for book, (entry, _unit) in permissions.own.items():
        policy, person = policy_of(book), permissions.person
        if not policy.training or permissions.own_kinds[book] not in internal_kinds(policy) or person is None:
            continue
        since = first_days(book)(Entry.get_by_id(entry))
        for topic in topics_of(policy):
            training = standing_to(topic, trained_people(book, topic.id, [person]).get(person), since)
            clocked = training.state != "trained"
            due = due_of(book, training.due, topic.due_clause) if clocked else None
            found.append(OwnTraining(book, title_of(book), topic, training, due))
    return tuple(sorted(found, key=lambda one: not one.training.overdue))


def waiting_trainings(permissions: Permissions) -> Iterator[OtherMatter]:
    """Yield what the account is to be trained in, now or soon."""
    for one in to_attend(permissions):
        if one.due is not None:
            topic = one.topic
            yield OtherMatter(
                "training", _("training"), topic.id, topic.label, one.book, one.book_label, one.due,
                topic.clause, "training mine",
            )  # fmt: skip


def own_trainings(permissions: Permissions, stored: bool) -> Iterator[tuple[str, tuple[Text, ...]]]:
    """Yield each training that is on record of the person, latest first: topic, version, day, and the day on
    which it was struck, if it was."""
    policies = [] if stored else [policy_of(book) for book in permissions.books]
    topics = {(policy.book, rule.id): rule.label for policy in policies for rule in policy.training}
    for row in Trained.select().where(Trained.person == permissions.person).order_by(Trained.on_day.desc()):
        struck = local(row.struck_at)[:10] if row.struck_at is not None else ""
        yield "trainings", (topics.get((row.book_id, row.topic), row.topic), row.version, row.on_day, struck)
