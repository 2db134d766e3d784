"""Training: the reader's own, who of their people is due, and recording who attended (F.6.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from db.desk.due_dates import today
from db.desk.training.course import Course, Marked
from db.desk.training.topics import Training
from db.desk.training.trainings import BookTopic, OwnTraining, PersonTraining, Trainings
from db.language import Message, Text, _, clause_words, listed
from tui.sheets.asks import At, OfferedAnswer, OneOf, Quiz, Typed
from tui.sheets.cell import Cell, Fact, Styled
from tui.sheets.clauses import clause_text
from tui.sheets.date_words import day
from tui.sheets.files import TableAsk
from tui.sheets.papers import drawing_verb
from tui.sheets.rules import facts_of
from tui.sheets.sheet import NEVER, Column, InnerList, Question, Sheet, Verb
from tui.sheets.units import unit_in

NAMED: Final = 20
"""So many people are named before attendance is recorded."""


def training_state(training: Training) -> Styled:
    match training.state:
        case "never":
            return Styled(_("never trained"), "bad")
        case "due":
            return Styled(_("due since {day}", day=day(training.due)), "bad")
        case "soon":
            return Styled(_("due on {day}", day=day(training.due)), "warn")
    if not training.due:
        return Styled(_("trained"), "good")
    return Styled(_("holds until {day}", day=day(training.due)), "good")


def _own_line(at: At[Any]) -> Cell:
    mine: Sequence[OwnTraining] = Trainings(at.desk).mine()
    cell: list[Text | Styled] = []
    for one in mine:
        cell += [
            *([" │ "] if cell else [_("My training: ")]),
            one.topic.label,
            " ",
            training_state(one.training),
        ]
        cell += ["  ", Styled(clause_text(one.topic.due_clause), "dim")]
    return cell or Styled(_("Your directories ask for no training of yours."), "dim")


@dataclass(frozen=True, slots=True)
class CoursePage:
    """A rule of a course with what it means for the reader, or a question with its answers."""

    number: int
    clause: str
    text: Text
    means: tuple[Text, ...] = ()
    answers: tuple[Text, ...] = ()


def _own_trainings(at: At[Any]) -> Sequence[OwnTraining]:
    return Trainings(at.desk).mine()


def _own_key(row: OwnTraining) -> str:
    return f"{row.book}/{row.topic.id}"


def _course(at: At[Any]) -> Course:
    return Trainings(at.desk).course(at[OWN].book, at[OWN].topic.id)


def _course_pages(at: At[Any]) -> Sequence[CoursePage]:
    course = _course(at)
    rules = [(one.clause, one.text, one.means, ()) for one in course.lessons]
    asked = [(one.clause, one.text, (), one.answers) for one in course.questions]
    return [CoursePage(number, *page) for number, page in enumerate([*rules, *asked], start=1)]


def _page_facts(row: CoursePage) -> Sequence[Fact]:
    if row.answers:
        numbered = [(Message("{number}", {"number": n}), answer) for n, answer in enumerate(row.answers, 1)]
        return [(_("Question"), row.text), *numbered]
    return facts_of(row.clause, row.text, row.means)


def _read_first(at: At[Any]) -> Cell:
    own = at[OWN]
    now = next((one.training for one in _own_trainings(at) if _own_key(one) == _own_key(own)), own.training)
    return [
        Styled(own.topic.label, "strong"),
        "  ",
        training_state(now),
        "  ",
        Styled(own.topic.version, "dim"),
    ]


def _result_text(marked: Marked) -> Text:
    if marked.passed:
        return _("Passed: all {count} answers are right. It is on record.", count=marked.questions)
    clauses = listed(clause_words(clause) for clause in dict.fromkeys(one.clause for one in marked.wrong))
    return _(
        "{wrong} of {count} answers are wrong. Read again: {clauses}; then take the test again.",
        wrong=len(marked.wrong), count=marked.questions, clauses=clauses,
    )  # fmt: skip


def _topics(at: At[Any]) -> Sequence[BookTopic]:
    return Trainings(at.desk).topics()


def _key(row: BookTopic) -> str:
    return f"{row.book}/{row.topic.id}"


def _people(at: At[Any]) -> Sequence[PersonTraining]:
    topic = at[TOPIC]
    return Trainings(at.desk).people(topic.book, topic.topic.id)


def _topic(at: At[Any]) -> Cell:
    topic = at[TOPIC].topic
    words = (at[TOPIC].book_label, topic.version, clause_text(topic.clause))
    return [Styled(topic.label, "strong"), *(part for word in words for part in ("  ", Styled(word, "dim")))]


TOPIC: OneOf[BookTopic] = OneOf(
    "topic",
    _("The topic."),
    title=_("Which topic?"),
    choices=lambda at: [OfferedAnswer(row, row.topic.label, row.book_label) for row in _topics(at)],
    nothing=_("You answer for nobody's training."),
    obvious=True,
    word=_key,
)
FILE = TableAsk("file", _("A list in your tray: login or name, department, day."))


def _name_people(people: Sequence[PersonTraining]) -> Text:
    """Return the names of those about to be recorded, as many as a dialog holds, and how many more."""
    named = listed([one.name for one in people[:NAMED]])
    more = len(people) - NAMED
    return _("{people} and {count} more", people=named, count=more) if more > 0 else named


def _attended(at: At[PersonTraining]) -> Question:
    return Question(
        _("Record attendance today, {day}?", day=day(today().isoformat())),
        text=_("{name}: {value}", name=at[TOPIC].topic.label, value=_name_people(at.rows)),
        yes=_("Record attendance"),
        no=_("Don't record"),
    )


def _ask_to_take_back(at: At[PersonTraining]) -> Question:
    return Question(
        _("Take this attendance back?"),
        text=_("{name}: {value}", name=at[TOPIC].topic.label, value=_name_people(at.rows)),
        yes=_("Take back"),
        no=_("Keep it"),
    )


def _records(at: At[Any]) -> bool:
    return at[TOPIC].records


ATTENDED: Verb[PersonTraining] = Verb(
    id="attended",
    operation="training.record",
    key="a",
    label=_("Attended"),
    help=_("The selected people attended today."),
    on="all",
    open_to=_records,
    sure=_attended,
    do=lambda at: Trainings(at.desk).record(
        at[TOPIC].book, at[TOPIC].topic.id, at.numbers, today().isoformat()
    ),
    done=lambda _at, count: _("Attendance recorded: {count}", count=count),
    example="training people attended 412 413 --topic staff/confidentiality",
)
IMPORT: Verb[PersonTraining] = Verb(
    id="import",
    operation="training.load",
    key="i",
    label=_("Import"),
    help=_("Take in an attendance list from your tray."),
    on="none",
    asks=(FILE,),
    open_to=_records,
    do=lambda at: Trainings(at.desk).load(at[TOPIC].book, at[TOPIC].topic.id, at[FILE].rows, at[FILE].source),
    done=lambda _at, count: _("Attendance recorded: {count}", count=count),
    example="training people import --topic staff/confidentiality --file 7f3a",
)
WHY = Typed("reason", _("Why it does not count, told to whom it concerns"), title=_("Take attendance back"))
STRIKE: Verb[PersonTraining] = Verb(
    id="strike",
    operation="training.strike",
    key="x",
    label=_("Take back"),
    help=_("Have the last attendance of the selected people not count; it stays on record, with the reason."),
    on="all",
    sure=_ask_to_take_back,
    asks=(WHY,),
    offered=lambda row: row.training.number is not None,
    open_to=_records,
    do=lambda at: Trainings(at.desk).strike(
        at[TOPIC].book,
        at[TOPIC].topic.id,
        [row.training.number for row in at.rows if row.training.number is not None],
        at[WHY],
    ),
    done=lambda _at, count: _("Attendance taken back: {count}. They are told.", count=count),
    example="training people strike 412 --topic staff/confidentiality --reason 'wrong list'",
)
HOW = {True: _("course"), False: _("attended")}
PEOPLE: Sheet[PersonTraining] = Sheet(
    id="training people",
    operation="training.people",
    title=_("Training"),
    about=_(
        "Who was trained on which version of the rules, and who is due. Whoever keeps the directory records "
        "attendance: Space selects people, a notes that they attended today, i takes in a list from the tray "
        "(CSV with login or name, department, day), x takes back what was recorded wrongly; whoever it was "
        "then has 30 days to be trained."
    ),
    help=_("List who was trained in a topic, and who is due."),
    of=(TOPIC,),
    rows=_people,
    key=lambda row: row.entry,
    named="entry",
    said=_topic,
    book=lambda at, _row: at[TOPIC].book,
    columns=(
        Column("name", _("Name"), lambda row: row.name, 10, tone="strong"),
        Column("unit", unit_in(lambda at: at[TOPIC].book), lambda row: row.unit, few=True),
        Column("trained", _("Trained"), lambda row: row.training.last, 10),
        Column("due", _("Due"), lambda row: row.training.due, 10, from_width=100, whole=True),
        Column("version", _("Version"), lambda row: row.training.version, 20, from_width=100),
        Column(
            "how",
            _("How"),
            lambda row: HOW[row.training.by_course] if row.training.last else "",
            8,
            from_width=120,
            few=True,
            data=lambda row: row.training.by_course,
        ),
        Column(
            "stands",
            _("Status"),
            lambda row: training_state(row.training).text,
            20,
            in_english=22,
            tone=lambda row: training_state(row.training).tone,
            data=lambda row: row.training.state,
            few=True,
        ),
        Column("struck", _("Taken back"), lambda row: row.training.struck, from_width=NEVER),
    ),
    verbs=(
        ATTENDED,
        IMPORT,
        STRIKE,
        drawing_verb(
            "training",
            lambda at: _key(at[TOPIC]),
            "training people sheet --topic staff/confidentiality",
            key="o",
            open_to=_records,
        ),
    ),
    empty=_("Nobody is to be trained."),
    example="training people --topic staff/confidentiality",
)
OWN: OneOf[OwnTraining] = OneOf(
    "topic",
    _("The topic."),
    title=_("Which topic?"),
    choices=lambda at: [OfferedAnswer(row, row.topic.label, row.book_label) for row in _own_trainings(at)],
    nothing=_("Your directories ask for no training of yours."),
    obvious=True,
    word=_own_key,
)
ANSWERS = Quiz(
    "answers",
    _("The number of your answer to each question, in their order: 2,1,3."),
    title=_("The test"),
    questions=lambda at: [(one.text, one.answers) for one in _course(at).questions],
)


def _take_test(at: At[Any]) -> Marked:
    own, places = at[OWN], at[ANSWERS]
    return Trainings(at.desk).take(own.book, own.topic.id, own.topic.version, places)


TAKE: Verb[CoursePage] = Verb(
    id="take",
    operation="training.take",
    key="n",
    label=_("Take the test"),
    help=_("Answer the questions of the course; who answers all of them rightly is trained."),
    on="none",
    asks=(ANSWERS,),
    do=_take_test,
    done=lambda _at, marked: _result_text(marked),
    went_well=lambda marked: marked.passed,
    data=lambda marked: {"passed": marked.passed, "wrong": [one.clause for one in marked.wrong]},
    example="training course take --topic general/directory-rules --answers 2,1,3,1",
)
COURSE: Sheet[CoursePage] = Sheet(
    id="training course",
    operation="training.course",
    title=_("Course"),
    about=_(
        "The rules one by one, each with what it means for you, and the questions of the test at the "
        "end. n asks them one after the other; with all of them right you are trained, and that is on "
        "record."
    ),
    help=_("Read the course of a topic: its rules, what they mean for you, and the questions of its test."),
    of=(OWN,),
    rows=_course_pages,
    key=lambda row: row.number,
    named="page",
    said=_read_first,
    columns=(
        Column("page", _("No."), lambda row: row.number, 4, right=True),
        Column("clause", _("Clause"), lambda row: row.clause, 8, tone="dim", few=True),
        Column("text", _("Rule"), lambda row: row.text, tone=lambda row: "strong" if row.answers else ""),
        Column("answers", _("Answers"), lambda row: row.answers, from_width=NEVER),
        Column("means", _("For you"), lambda row: row.means, from_width=NEVER),
    ),
    facts=_page_facts,
    verbs=(TAKE,),
    empty=_("There is nothing to read."),
    example="training course --topic general/directory-rules",
)
WHAT: Final[tuple[Column[Any], ...]] = (
    Column("label", _("Topic"), lambda row: row.topic.label, tone="strong"),
    Column("book", _("Directory"), lambda row: row.book_label, 16, in_english=20, data=lambda row: row.book),
    Column("version", _("Version"), lambda row: row.topic.version, 16, from_width=100),
)
"""Of which topic a row is."""
MINE: Sheet[OwnTraining] = Sheet(
    id="training mine",
    operation="training.mine",
    title=_("My training"),
    about=_(
        "What your directories ask you to be trained in, and by when. Enter opens the course, which you can "
        "read and pass here; attending a training counts as well, once it is recorded."
    ),
    help=_("List your required training, when it is due, and its status."),
    rows=_own_trainings,
    key=_own_key,
    named="topic",
    numbered=False,
    columns=(
        *WHAT,
        Column("due", _("Due"), lambda row: row.training.due, 10, whole=True),
        Column(
            "stands",
            _("Status"),
            lambda row: training_state(row.training).text,
            20,
            in_english=22,
            tone=lambda row: training_state(row.training).tone,
            data=lambda row: row.training.state,
        ),
    ),
    context=lambda row: (row.book_label, clause_text(row.topic.clause)),
    inside=InnerList(COURSE, lambda row: {OWN.id: row}),
    empty=_("Your directories ask for no training of yours."),
    example="training mine",
)
TRAINING: Sheet[BookTopic] = Sheet(
    id="training",
    operation="training.topics",
    title=_("Training"),
    about=_(
        "What you are to be trained in, and the topics in which you answer for others: Enter lists their "
        "people."
    ),
    help=_("Show your own training, and list topics in which you answer for others."),
    rows=_topics,
    key=_key,
    named="topic",
    numbered=False,
    said=_own_line,
    book=lambda _at, row: row.book,
    columns=(
        *WHAT,
        Column("people", _("People"), lambda row: row.people, 6, right=True),
        Column(
            "due",
            _("Due"),
            lambda row: row.overdue,
            8,
            right=True,
            tone=lambda row: "bad" if row.overdue else "",
        ),
    ),
    context=lambda row: (row.book_label, clause_text(row.topic.clause)),
    inside=InnerList(PEOPLE, lambda row: {TOPIC.id: row}),
    empty=_("You answer for nobody's training."),
    example="training",
)
