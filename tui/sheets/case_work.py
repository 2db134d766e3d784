"""What is done with a case by who handles it, from sorting it out to closing it (A.18, C.12)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from db.desk.cases.case_states import ATTACHED, HEARD, OUTCOMES, VERDICTS
from db.desk.cases.case_views import PartyView
from db.desk.cases.cases import Cases
from db.desk.cases.parties import PartyFound
from db.desk.cases.sentencing import NOT_PUNISHED, Sentence
from db.desk.cases.work import CaseWork
from db.desk.refusal import Invalid, Problem
from db.language import LANGUAGES, Message, Text, _, listed, say
from tui.sheets.asks import At, Flag, Number, OfferedAnswer, OneOf, Typed
from tui.sheets.case_facts import MyCase, decided_words
from tui.sheets.case_reports import kinds_of
from tui.sheets.papers import WORDS, drawing_verb
from tui.sheets.sheet import DONE, Verb, always


def _kinds(at: At[MyCase]) -> list[OfferedAnswer[str]]:
    """Return the kinds of breach of the case's book as choices, the reported one first; of all books if the
    case is not listed, for the desk to refuse."""
    reported = {case.row.kind for case in at.rows}
    return sorted(
        kinds_of(at, {case.row.book for case in at.rows}), key=lambda one: one.value not in reported
    )


def _outcomes(sort: str) -> list[OfferedAnswer[str]]:
    return [OfferedAnswer(outcome, OUTCOMES[outcome]) for outcome in VERDICTS[sort]]


def _people(at: At[MyCase]) -> list[OfferedAnswer[str]]:
    found = CaseWork(at.desk).people(at.number, at[NAME])
    return [OfferedAnswer(one.whom, one.name, note=place_of(one)) for one in found]


class _Found(OneOf[str]):
    def only(self, at: At[MyCase]) -> OfferedAnswer[str] | None:
        """Return the only person found if the full name was typed; else None, as others whose name begins so
        may be meant."""
        one = super().only(at)
        return (
            one
            if one is not None and at[NAME].strip() in (say(one.label, language) for language in LANGUAGES)
            else None
        )


def place_of(one: PartyFound) -> Text:
    """Return unit, position and former name of a person found, to tell namesakes apart."""
    place = Message("{unit} {position}", {"unit": one.unit, "position": one.position})
    return _("{place}, was called {name}", place=place, name=one.once) if one.once else place


def _one_concerned(
    label: Message,
    title: Message,
    nothing: Message,
    fits: Callable[[PartyView], bool] = always,
    *,
    obvious: bool = True,
) -> OneOf[int]:
    return OneOf(
        "person",
        label,
        title=title,
        choices=lambda at: [
            OfferedAnswer(one.id, one.name, note=one.unit)
            for one in Cases(at.desk).one(at.number).parties
            if fits(one)
        ],
        nothing=nothing,
        obvious=obvious,
    )


KIND: OneOf[str] = OneOf(
    "kind", _("Its kind, such as leak."), title=_("What kind of breach?"), choices=_kinds
)
SORTED = Typed("word", _("A word about it"))
BEGUN = Typed("word", _("How you begin"))
NAME = Typed("name", _("Beginning of the name of a person, a department or an office, or a login"))
FOUND = _Found(
    "whom",
    _("Which one, where several are called so, or the name is not whole."),
    title=_("Who is concerned?"),
    choices=_people,
    nothing=_(
        "Nobody, no office and no department here is called so, or it is the reporter; leavers are found too."
    ),
    obvious=True,
)
LEAVES = Flag(
    "yes",
    _("Also where the case leaves your hands by it."),
    title=_("Name them, and leave the case to others?"),
)
PERSON = _one_concerned(
    _("Who is not concerned."), _("Who is not concerned?"), _("Nobody is named in this case."), obvious=False
)
WHY = Typed("word", _("Why"))
WHAT: OneOf[str] = OneOf(
    "what",
    _("What is attached: an audit record, a traced copy, or a file of your tray."),
    choices=lambda _at: [OfferedAnswer(what, label) for what, label in ATTACHED.items()],
)
NUMBER = Typed("number", _("Its number."))
NOTED = Typed("word", _("What you write down"))
PUT_TO_THEM = Typed("word", _("What is put to them; they read it"))
VERDICT: OneOf[str] = OneOf(
    "outcome",
    _("Whether there was a breach."),
    title=_("Was there a breach?"),
    choices=lambda _at: _outcomes("incident"),
)
SANCTION = Typed(
    "sanction",
    _("Rungs of the directory's ladder, separated by commas; `none`: not punished."),
    required=False,
)
TIMES = Number(
    "times",
    _("How often it happened; a fine counts for each time. As many as copies were traced unless said."),
    required=False,
)
FINE = Number("fine", _("One fine, where the regulation names none."), required=False)
GROUNDS = Typed("word", _("The grounds of the decision"))
ANSWERED: OneOf[str] = OneOf(
    "outcome",
    _("What came of it."),
    title=_("What came of it?"),
    choices=lambda _at: _outcomes("error"),
)
ANSWER_WORD = Typed("word", _("What was found; the reporter reads it"))
CARRIED_OUT = Typed("word", _("What was carried out"))
FURTHER = Typed(
    "further", _("A sanction that the ladder doesn't name, where the policy lets one be."), required=False
)
CONCLUDED = Typed("word", _("What was found"))
AGREED: OneOf[str] = OneOf(
    "answer",
    _("Whether you confirm the sanction: yes or no."),
    heading=lambda at: _(
        "Do you confirm it? {what}", what=decided_words(Cases(at.desk).one(at.number).parties)
    ),
    choices=lambda _at: [OfferedAnswer("yes", _("confirm it")), OfferedAnswer("no", _("decline it"))],
)
SECONDED = Typed("word", _("Why"))
FOR_ONESELF = Typed("words", _("What speaks for you"))
SAID = Typed("words", _("What they said"))
LETTER = Typed("words", _("What the appeal says"))
SPOKEN_BY = _one_concerned(
    _("Who spoke, where there are several."),
    _("Who spoke?"),
    _("All of them have spoken."),
    lambda one: one.hearing_until is not None or not one.statement,
)
AGAINST = Typed("words", _("What speaks against the decision"))
APPELLANT = _one_concerned(
    _("Whose appeal it is, where there are several."),
    _("Whose appeal?"),
    _("No appeal waits in this case."),
    lambda one: one.appeal is not None and not one.appeal.outcome,
)
SERVED_ON = _one_concerned(
    _("On whom it is served, where there are several."),
    _("Served on whom?"),
    _("Nobody is named in this case."),
)
CAME_OF_IT: OneOf[str] = OneOf(
    "outcome",
    _("What comes of the appeal."),
    title=_("What becomes of what was decided?"),
    choices=lambda _at: [OfferedAnswer(outcome, label) for outcome, label in HEARD.items() if outcome],
)
REASON = Typed("word", _("The reason; whoever it is about reads it"))
FILE = Typed("file", _("The number of the minutes in your tray (`evidence` lists it)"))
MET = Typed("word", _("Who met, when, and what they decided"))
SANCTIONED = _one_concerned(
    _("About whom, where there are several."),
    _("About whom?"),
    _("No sanction is in force in this case."),
    lambda one: bool(one.sanctions or one.further),
)
UNREACHED = _one_concerned(
    _("Whose appeal it is, where there are several."),
    _("Whose appeal?"),
    _("All of them have an account, and appeal by themselves."),
    lambda one: not one.reached,
)
NEW_FACTS = Typed("word", _("What is new, or was wrong; whoever it is about reads it"))


def _sentence(at: At[MyCase], one: PartyView) -> Sentence:
    rungs = tuple(rung.strip() for rung in at[SANCTION].split(",") if rung.strip())
    times = at[TIMES]
    # Of an amount alone the desk says what belongs to it, and by which clause.
    amount_alone = at[FINE] is not None and not rungs and not at[FURTHER]
    return Sentence(
        one.id,
        () if amount_alone else chosen_rungs(rungs, at[FURTHER], _TO_WRITE),
        max(one.copies, 1) if times is None else times,
        at[FINE],
        at[FURTHER],
    )


def gone_to(others: Sequence[str]) -> Text:
    """Return words that the case left the reader's hands, and who goes on with it; that it is done if nobody
    does."""
    if not others:
        return DONE
    return _("Done. You belong to it, so the case has left your hands; {who} goes on.", who=listed(others))


_TO_SELECT = _("Space selects what is decided. Not to punish is a decision too.")
_TO_WRITE = _("Say what is decided: --sanction names it; not to punish is a decision too, --sanction none.")


def chosen_rungs(chosen: Sequence[str], further: str, ask: Message = _TO_SELECT) -> tuple[str, ...]:
    """Return the sanctions chosen, without "not punished". Raises Invalid if nothing was chosen, or both."""
    if not chosen and not further:
        raise Invalid(Problem("sanction", ask))
    if NOT_PUNISHED in chosen and (len(chosen) > 1 or further):
        raise Invalid(Problem("sanction", _("Either somebody is not punished, or they are: choose one.")))
    return tuple(rung for rung in chosen if rung != NOT_PUNISHED)


def _decide_case(at: At[MyCase]) -> tuple[Text, ...]:
    parties = Cases(at.desk).one(at.number).parties
    return CaseWork(at.desk).decide(at.number, at[GROUNDS], [_sentence(at, one) for one in parties])


def _decide_appeal(at: At[MyCase]) -> None:
    """Decide an appeal, recorded, with the new sanction if it changes that."""
    sentence, given = None, (at[SANCTION], at[TIMES], at[FINE], at[FURTHER])
    if at[CAME_OF_IT] == "changed" or any(one not in ("", None) for one in given):
        parties = Cases(at.desk).one(at.number).parties
        sentence = next(_sentence(at, one) for one in parties if one.id == at[APPELLANT])
    CaseWork(at.desk).hear(at.number, at[APPELLANT], at[CAME_OF_IT], at[REASON], sentence)


def decided_told(unreached: Sequence[Text]) -> Text:
    """Return words for who must be told on paper, or that the decision is told."""
    return _on_paper(unreached) or _("Decided; it is told, or waits for a second person to confirm it.")


def _on_paper(unreached: Sequence[Text]) -> Text:
    if not unreached:
        return ""
    return _(
        "Decided. Without account, to be told on paper by the decision's sheet (o): {who}",
        who=listed(unreached),
    )


TRIAGE: Verb[MyCase] = Verb(
    id="triage",
    operation="casework.triage",
    label=_("Sort out"),
    help=_("Say what kind of case it is; it goes to who handles that."),
    asks=(KIND, SORTED),
    do=lambda at: CaseWork(at.desk).triage(at.number, at[KIND], at[SORTED]),
    example="case triage 12 --kind leak --word 'posted in public'",
)
INVESTIGATE: Verb[MyCase] = Verb(
    id="investigate",
    operation="casework.investigate",
    label=_("Investigate"),
    help=_("Begin the investigation; or as who judges, give the case back to be investigated further."),
    asks=(BEGUN,),
    do=lambda at: CaseWork(at.desk).investigate(at.number, at[BEGUN]),
    example="case investigate 12 --word 'asking the members of the group'",
)
INVOLVE: Verb[MyCase] = Verb(
    id="person",
    operation="casework.involve",
    label=_("Person"),
    help=_("Name somebody who is concerned."),
    asks=(NAME, FOUND, LEAVES),
    do=lambda at: CaseWork(at.desk).involve(at.number, at[FOUND], leaves=at[LEAVES]),
    done=lambda _at, others: gone_to(others),
    example="case person 12 --name 张文",
)
RELEASE: Verb[MyCase] = Verb(
    id="release",
    operation="casework.release",
    label=_("Take off"),
    help=_("Take somebody off who is not concerned."),
    asks=(PERSON, WHY),
    do=lambda at: CaseWork(at.desk).release(at.number, at[PERSON], at[WHY]),
    example="case release 12 --person 张文 --word 'another of the same name'",
)
ATTACH: Verb[MyCase] = Verb(
    id="attach",
    operation="casework.attach",
    label=_("Attach"),
    help=_("Attach an audit record or a traced copy by its number, or a file of your tray."),
    asks=(WHAT, NUMBER),
    do=lambda at: CaseWork(at.desk).attach(at.number, at[WHAT], at[NUMBER]),
    example="case attach 12 --what copy --number C0012-003",
)
NOTE: Verb[MyCase] = Verb(
    id="note",
    operation="casework.note",
    label=_("Write down"),
    help=_("Write something down."),
    asks=(NOTED,),
    do=lambda at: CaseWork(at.desk).note(at.number, at[NOTED]),
    example="case note 12 --word 'heard Li'",
)
PUT: Verb[MyCase] = Verb(
    id="put",
    operation="casework.note",
    label=_("Put to them"),
    help=_("Put something new to those whom it is about before you decide; they may speak again."),
    asks=(PUT_TO_THEM,),
    do=lambda at: CaseWork(at.desk).note(at.number, at[PUT_TO_THEM], put=True),
    done=lambda _at, _made: _("Put to them; their days to speak begin again."),
    example="case put 12 --word 'the list has identity numbers'",
)
CONCLUDE: Verb[MyCase] = Verb(
    id="conclude",
    operation="casework.conclude",
    label=_("End investigation"),
    help=_("Say what was found; somebody else judges it."),
    asks=(CONCLUDED,),
    do=lambda at: CaseWork(at.desk).conclude(at.number, at[CONCLUDED]),
    done=lambda _at, _made: _("Handed on; who goes on with it is told."),
    example="case conclude 12 --word 'the list came from his account'",
)
JUDGE: Verb[MyCase] = Verb(
    id="judge",
    operation="casework.judge",
    label=_("Judge"),
    help=_(
        "Say whether there was a breach, if you did not investigate it; the management decides what follows."
    ),
    asks=(VERDICT, REASON),
    do=lambda at: CaseWork(at.desk).judge(at.number, at[VERDICT], at[REASON]),
    done=lambda _at, _made: _("Judged; who goes on with it is told."),
    example="case judge 12 --outcome breach --word 'proven by the copy'",
)
DECIDE: Verb[MyCase] = Verb(
    id="decide",
    operation="casework.decide",
    label=_("Decide"),
    help=_("Decide what follows from a breach, for all persons concerned alike."),
    asks=(GROUNDS, SANCTION, TIMES, FINE, FURTHER),
    do=_decide_case,
    done=lambda _at, made: decided_told(made),
    example="case decide 12 --sanction fine --times 2 --word 'twice within a year'",
)
CONFIRM: Verb[MyCase] = Verb(
    id="confirm",
    operation="casework.confirm",
    label=_("Confirm"),
    help=_("As the second person, confirm a sanction or decline it."),
    asks=(AGREED, SECONDED),
    do=lambda at: CaseWork(at.desk).confirm(at.number, at[AGREED] == "yes", at[SECONDED]),
    done=lambda at, made: (
        _on_paper(made) or _("Confirmed; those concerned and the reporter hear it.")
        if at[AGREED] == "yes"
        else _("Declined; it is decided again.")
    ),
    example="case confirm 12 --answer yes --word 'in proportion'",
)
HEAR: Verb[MyCase] = Verb(
    id="hear",
    operation="casework.hear",
    label=_("Decide appeal"),
    help=_(
        "Decide an appeal if you had no part in the case, review what was opened again, or enter what the "
        "minutes say: uphold, change or lift what was decided."
    ),
    asks=(APPELLANT, CAME_OF_IT, REASON, SANCTION, TIMES, FINE, FURTHER),
    do=_decide_appeal,
    done=lambda _at, _made: _("Decided; whoever it is about hears it."),
    example="case hear 12 --outcome changed --sanction warning --word 'he reported it himself'",
)
LODGE: Verb[MyCase] = Verb(
    id="lodge",
    operation="casework.lodge",
    label=_("Paper appeal"),
    help=_("Write down the appeal of somebody without an account, who made it on paper within the time."),
    asks=(UNREACHED, LETTER),
    do=lambda at: CaseWork(at.desk).lodge(at.number, at[UNREACHED], at[LETTER]),
    done=lambda _at, _made: _("On record; who decides it is told."),
    example="case lodge 12 --person 张文 --words 'letter of 3 December'",
)
MINUTES: Verb[MyCase] = Verb(
    id="minutes",
    operation="casework.minutes",
    label=_("Minutes"),
    help=_("Attach the minutes of the meeting that decided an appeal which nobody here could decide alone."),
    asks=(FILE, MET),
    do=lambda at: CaseWork(at.desk).minutes(at.number, at[FILE], at[MET]),
    done=lambda _at, _made: _("Attached; somebody of another office enters what they say."),
    example="case minutes 12 --file 4f2a --word 'management and union, 3 December'",
)
REOPEN: Verb[MyCase] = Verb(
    id="reopen",
    operation="casework.reopen",
    label=_("Open again"),
    help=_("Have a decision that was wrong, or that new facts change, reviewed by a second person."),
    asks=(SANCTIONED, NEW_FACTS),
    do=lambda at: CaseWork(at.desk).reopen(at.number, at[SANCTIONED], at[NEW_FACTS]),
    done=lambda _at, _made: _("Opened again; a second person reviews it, and the decision holds until then."),
    example="case reopen 12 --word 'the copy was another of the same number'",
)
SPEAK: Verb[MyCase] = Verb(
    id="speak",
    operation="cases.state",
    label=_("Speak"),
    help=_("Say what speaks for you before anything is decided, within the time that the case shows."),
    asks=(FOR_ONESELF,),
    do=lambda at: Cases(at.desk).state(at.number, at[FOR_ONESELF]),
    done=lambda _at, _made: _("Kept; whoever decides reads it."),
    example="case speak 12 --words 'it was sent at the request of my head'",
)
STATEMENT: Verb[MyCase] = Verb(
    id="statement",
    operation="casework.statement",
    label=_("Statement"),
    help=_("Write down what somebody said whom you heard outside this directory, before you decide."),
    asks=(SPOKEN_BY, SAID),
    do=lambda at: CaseWork(at.desk).statement(at.number, at[SPOKEN_BY], at[SAID]),
    example="case statement 12 --person 张文 --words 'he admits it'",
)
APPEAL: Verb[MyCase] = Verb(
    id="appeal",
    operation="cases.appeal",
    label=_("Appeal"),
    help=_("Appeal against what was decided about you, within the time that the case shows."),
    asks=(AGAINST,),
    do=lambda at: Cases(at.desk).appeal(at.number, at[AGAINST]),
    done=lambda _at, _made: _("Handed in; somebody decides it who had no part in the case."),
    example="case appeal 12 --words 'it was sent at the request of my head'",
)
ANSWER: Verb[MyCase] = Verb(
    id="answer",
    operation="casework.answer",
    label=_("Answer"),
    help=_("Say whether the error was corrected."),
    asks=(ANSWERED, ANSWER_WORD),
    do=lambda at: CaseWork(at.desk).answer(at.number, at[ANSWERED], at[ANSWER_WORD]),
    done=lambda _at, _made: _("Answered; the reporter hears it."),
    example="case answer 13 --outcome corrected --word 'changed today'",
)
CLOSE: Verb[MyCase] = Verb(
    id="close",
    operation="casework.close",
    label=_("Close case"),
    help=_("What was decided is carried out."),
    asks=(CARRIED_OUT,),
    do=lambda at: CaseWork(at.desk).close(at.number, at[CARRIED_OUT]),
    example="case close 12 --word paid",
)
SHEET: Verb[MyCase] = drawing_verb(
    "decision", lambda at: f"{at.number}-{at[SERVED_ON]}", "case sheet 12 --words '把通讯录发到群里'",
    asks=(SERVED_ON, WORDS), single=True,
)  # fmt: skip
WORK: Final = (
    TRIAGE, INVESTIGATE, INVOLVE, RELEASE, ATTACH, NOTE, CONCLUDE, JUDGE, STATEMENT, PUT, DECIDE, CONFIRM,
    ANSWER, CLOSE, SPEAK, APPEAL, LODGE, MINUTES, HEAR, REOPEN, SHEET,
)  # fmt: skip
