"""Sheets for signatures at the desk: drawing one up, taking it out to be printed, and entering its scan.

Whoever enters a scan says that others signed, so each of those and somebody independent is told at once, and
can have it struck. A second scan stands beside the first; what was on record before stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from db.desk.act import Act
from db.desk.authority.permissions import Permissions, policy_of, root_of
from db.desk.authority.whom_to_ask import FOR_IT, ask_office
from db.desk.due_dates import today
from db.desk.extracts.report_rights import export_clause, under_password_alone
from db.desk.frame import OperationGroup, operation
from db.desk.notation.localtime import local
from db.desk.notation.media import TYPES
from db.desk.notation.parsing import day_of
from db.desk.papers.sheets import (
    Matter,
    PaperContent,
    SheetKind,
    SignedLine,
    check_paper_counts,
    content_of,
    no_such_sheet,
    number_in,
    number_of,
    read_number,
    sheet_kinds,
    store_sheet,
)
from db.desk.power.concerned import own_part
from db.desk.power.declaration import LOOKS, Asked, Power, SaidLine, Way
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.approvers import ApproverResolver
from db.desk.requests.evidence import EvidenceFile, evidence_file
from db.desk.requests.request_views import name_of
from db.desk.requests.watchers import watchers_of
from db.language import Label, Message, Text, _, listed
from db.store import clock
from db.store.audit import TAKEN_OUT
from db.store.moves import Moves
from db.store.sql import for_update
from db.store.subjects import Destroyed
from db.store.tables import AuditRecord, Book, Evidence, Paper, PaperScan, Unit

AT_ONCE = 200
PICTURES = ("application/pdf", "image/png", "image/jpeg")


@dataclass(frozen=True, slots=True)
class ScanView:
    """A signature that a scan shows: whose, of which day, and who entered it when. ``counted``: what it was
    for was not on record before; ``struck``: it counts no more."""

    evidence: str
    line: int
    name: str
    signed_on: str
    entered_by: str
    entered_at: str
    counted: bool
    struck: bool


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A sheet in a list. ``subject``: what it is of, in words; ``lines`` are how many are to sign, ``signed``
    how many a scan shows; ``enters``: the reader may enter one."""

    number: str
    kind: str
    label: Text
    about: str
    subject: Text
    book: str
    book_label: Label
    clause: str
    drawn_up: str
    by: str
    lines: int
    signed: int
    enters: bool
    scans: tuple[ScanView, ...]
    files: tuple[EvidenceFile, ...]


@dataclass(frozen=True, slots=True)
class PaperCopy:
    """A sheet as it is to be printed. ``encrypted``: it leaves under a password alone (D.4)."""

    number: str
    title: str
    book: str
    organisation: str
    classification: Label
    content: PaperContent
    encrypted: bool


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of a scan: ``counted`` signatures were not on record before, ``known`` were."""

    number: str
    counted: int
    known: int


def _said_lines(asked: Asked) -> tuple[SaidLine, ...]:
    said = [_says_sheet(asked), SaidLine(_("Signed on"), "", str(asked["day"]))]
    if asked.get("lines"):
        said.append(SaidLine(_("Lines"), "", str(asked["lines"])))
    return tuple(said)


def _says_sheet(asked: Asked) -> SaidLine:
    """Name the sheet by its kind and, where it is a list of several people, by what it is of."""
    paper = Paper.get_or_none(Paper.id == read_number(str(asked["number"])))
    if paper is None:
        return SaidLine(_("Sheet"), "", str(asked["number"]))
    subject = content_of(paper).subject if paper.person_id is None else ""
    words = Message("{label} {subject} {number}" if subject else "{label} {number}", {
        "label": sheet_kinds()[paper.kind].label, "subject": subject, "number": number_of(paper.id),
    })  # fmt: skip
    return SaidLine(_("Sheet"), "", words)


def _way_of_scan(_standing: Permissions, asked: Asked) -> Way:
    """Return TOLD; where somebody else had a scan of the same matter struck, TWO."""
    paper = Paper.get_or_none(Paper.id == read_number(str(asked["number"])))
    if paper is None:
        return Way.TOLD
    same = (Paper.kind == paper.kind) & (Paper.about == paper.about)
    struck = PaperScan.struck_by.is_null(False) & (PaperScan.struck_by != PaperScan.account)
    is_disputed = PaperScan.select().join(Paper).where(same & struck).exists()
    return Way.TWO if is_disputed else Way.TOLD


class Papers(OperationGroup):
    """Operations on sheets for signatures."""

    @operation("papers.draw_up", label=_("draw up a sheet for signatures"), recorded=True, power=LOOKS)
    def draw_up(self, kind: str, of: str, words: str = "") -> str:
        """Store a sheet of what is on record, encrypted, and return its number. ``of`` names its matter: an
        issue, an announcement, a topic, an entry, a task, or a party of a case; ``words`` are the facts of a
        decision. Raises Refused for an actor who does not work with that, or may take no copy of it; Invalid
        where there is nothing to sign."""
        kinds = sheet_kinds()
        if kind not in kinds:
            raise Invalid(Problem("kind", _("Choose one of these: {names}", names=", ".join(kinds))))
        made = kinds[kind]
        matter = made.find_matter(self.permissions, of.strip())
        self._note_matter(matter)
        self._check_copies(matter)
        paper = store_sheet(
            made, matter, made.draw_sheet(matter, words), self.permissions.account, self.act.actor.language
        )
        self.act.note_facts(paper=number_of(paper.id), kind=kind)
        return number_of(paper.id)

    @operation("papers.list", label=_("list sheets for signatures"), recorded=False, power=LOOKS)
    def list(self) -> tuple[PaperRow, ...]:
        """Return the newest sheets that the actor works with, and all about them alone."""
        rows = Paper.select().where(Paper.book.in_(self.permissions.books)).order_by(Paper.id.desc())
        own = rows.where(Paper.person == self.permissions.person)
        newest = {paper.id: paper for paper in (*own, *rows.limit(AT_ONCE))}
        found = [row for number in sorted(newest, reverse=True) if (row := self._row(newest[number]))]
        return tuple(found)

    @operation("papers.one", label=_("read a sheet for signatures"), recorded=True, power=LOOKS)
    def one(self, number: str) -> PaperCopy:
        """Decrypt a sheet to be printed, for those who work with it, or the one whom alone it is about.
        Raises Refused for others, and where it went with an erased person."""
        paper, matter = self._readable(number)
        self._check_copies(matter)
        try:
            content = content_of(paper)
        except Destroyed:
            raise Refused(
                _("What the sheet said went with the person whom it was about."),
                SILENT,
                _("Its scans went, too."),
            ) from None
        policy = policy_of(paper.book_id)
        return PaperCopy(
            number=number_of(paper.id),
            title=str(content.pages[0].title),
            book=paper.book_id,
            organisation=Unit.get_by_id(root_of(paper.book_id)).name,
            classification=policy.classification,
            content=content,
            encrypted=policy.copies.encrypted,
        )

    @operation("papers.leave", label=_("take a sheet for signatures out"), recorded=True, power=LOOKS)
    def leave(self, number: str, *, sha256: str, size: int, mark: str, encrypted: bool = False) -> None:
        """Record that a sheet leaves to be printed, before it does: a copy like every other (C.9.1). Raises
        Refused for one that is not ``encrypted`` where the book asks for that."""
        paper, matter = self._readable(number)
        self._check_copies(matter)
        policy = policy_of(paper.book_id)
        if policy.copies.encrypted and not encrypted:
            raise under_password_alone(policy.copies.clause)
        self.act.called = TAKEN_OUT
        self.act.note_facts(clause=export_clause(policy))
        self.act.note_facts(
            report=f"paper {number_of(paper.id)}", format="pdf", sha256=sha256, size=size, mark=mark,
            rows=len(content_of(paper).lines),
        )  # fmt: skip

    @operation(
        "papers.enter",
        label=_("enter the scan of a signed sheet"),
        recorded=True,
        power=Power(
            frozenset({Moves.DUTY, Moves.SANCTION}), _way_of_scan, "papers.strike", _said_lines, in_parts=True
        ),
    )
    def enter(self, number: str, evidence: str, day: str, lines: str = "") -> Entered:
        """Store that a file of the actor's tray is the scan of the sheet, signed on ``day``, and have each
        signature count by the kind's ``count`` hook, unless that is on record already. ``lines`` says which
        are signed (``1,3-5``, or ``all``), where there are several; with several persons the book's watchers
        are notified, too. Raises Refused for an actor who does not work with the sheet and where the book's
        regulations deny signatures on paper, Invalid for a file that can't be its scan and a day that can't
        be."""
        paper, kind, _matter = self._entered(number)
        check_paper_counts(paper.book_id)
        file = self._scan(evidence, paper)
        signed_on = self._day(day, paper)
        content = content_of(paper)
        chosen = _lines(lines, len(content.lines))
        at, account = clock.now(), self.permissions.account
        counted = 0
        for place in chosen:
            line = content.lines[place - 1]
            counts = kind.count(paper, line, SignedLine(signed_on, account, at))
            counted += counts
            PaperScan.create(
                paper=paper, line=place, person=line.person, evidence=file, signed_on=signed_on,
                account=account, at=at, counted=counts,
            )  # fmt: skip
        if len({content.lines[place - 1].person for place in chosen}) > 1:
            # On a list of everybody the watchers sign, too: each is told of the others' signatures.
            resolver = ApproverResolver()
            barred = resolver.linked_persons(account)
            self.act.witnesses += watchers_of(paper.book_id, root_of(paper.book_id), barred, resolver)
        self.act.note_facts(paper=number_of(paper.id), file=file.id, digest=file.digest, day=signed_on)
        self.act.note_facts(lines=_ranges(chosen), counted=counted)
        self.act.back = {"number": number_of(paper.id), "evidence": file.id}
        return Entered(number_of(paper.id), counted, len(chosen) - counted)

    @operation(
        "papers.strike",
        label=_("strike the scan of a signed sheet"),
        recorded=True,
        power=Power(frozenset({Moves.DUTY, Moves.SANCTION}), Way.TOLD, "", lambda asked: (
            _says_sheet(asked),
        )),
    )  # fmt: skip
    def strike(self, number: str, evidence: str) -> int:
        """Mark a scan as struck, and take back what its signatures counted for by the kind's ``uncount``
        hook; return how many. Notifies the signers and the watchers. The file is kept with the sheet. Where
        somebody objects whose signature it is said to show, only theirs is struck. Raises Refused for an
        actor who does not work with the sheet, Invalid for a scan that is struck or none."""
        if self.act.objector is None:
            self._entered(number)
        paper = Paper.get_by_id(read_number(number))
        self.act.note_facts(book=paper.book_id, clause=paper.clause)
        shown = (PaperScan.paper == paper) & (PaperScan.evidence == evidence)
        rows = list(PaperScan.select().where(shown).order_by(PaperScan.line))
        struck = [row for row in own_part(self.act.objector, rows) if row.struck_at is None]
        if not (struck or self.act.objector):
            raise Invalid(Problem("file", _("No such scan of this sheet counts.")))
        lines = content_of(paper).lines
        by = self.act.agreed_by or self.permissions.account
        for row in struck:
            PaperScan.update(struck_at=clock.now(), struck_by=by).where(PaperScan.id == row.id).execute()
            if row.counted:
                sheet_kinds()[paper.kind].uncount(
                    paper, lines[row.line - 1], SignedLine(row.signed_on, row.account_id, row.at, by)
                )
        self.act.note_facts(
            paper=number_of(paper.id), file=evidence, lines=_ranges([row.line for row in struck])
        )
        return len(struck)

    def _row(self, paper: Paper) -> PaperRow | None:
        kind = sheet_kinds()[paper.kind]
        matter = _matter(kind, self.permissions, paper)
        own = paper.person_id is not None and paper.person_id == self.permissions.person
        if matter is None and not own:
            return None
        try:
            content = content_of(paper)
            lines, subject = content.lines, content.subject
        except Destroyed:
            lines, subject = (), "–"
        names = {number: line.name for number, line in enumerate(lines, start=1)}
        scans = list(PaperScan.select().where(PaperScan.paper == paper).order_by(PaperScan.id))
        files = Evidence.select().where(Evidence.id.in_({one.evidence_id for one in scans}))
        book = Book.get_by_id(paper.book_id)
        return PaperRow(
            number=number_of(paper.id),
            kind=kind.id,
            label=kind.label,
            about=paper.about,
            subject=subject,
            book=paper.book_id,
            book_label=book.title,
            clause=paper.clause,
            drawn_up=local(paper.at)[:16],
            by=name_of(paper.account_id),
            lines=len(lines),
            signed=len({one.line for one in scans if one.struck_at is None}),
            enters=matter is not None and kind.may_enter(self.permissions, matter),
            scans=tuple(
                ScanView(
                    one.evidence_id, one.line, names.get(one.line, "–"), one.signed_on,
                    name_of(one.account_id), local(one.at)[:16], one.counted, one.struck_at is not None,
                )
                for one in scans
            ),
            files=tuple(map(evidence_file, files)),
        )  # fmt: skip

    def _readable(self, number: str) -> tuple[Paper, Matter]:
        """Find a sheet that the actor works with, or that is about them, and note it. Raises Refused."""
        paper = Paper.get_or_none(Paper.id == read_number(number))
        matter = _matter(sheet_kinds()[paper.kind], self.permissions, paper) if paper is not None else None
        if paper is not None and matter is None and paper.person_id in (self.permissions.person or 0,):
            matter = Matter(paper.book_id, paper.about, paper.clause, person=paper.person_id)
        if paper is None or matter is None:
            raise no_such_sheet()
        self._note_matter(matter)
        self.act.note_facts(paper=number_of(paper.id))
        return paper, matter

    def _entered(self, number: str) -> tuple[Paper, SheetKind, Matter]:
        """Read and lock a sheet of which the actor may enter scans. Raises Refused alike for any other and
        for none."""
        paper = for_update(Paper.select().where(Paper.id == read_number(number))).get_or_none()
        kind = sheet_kinds()[paper.kind] if paper is not None else None
        matter = _matter(kind, self.permissions, paper) if kind is not None else None
        if paper is None or kind is None or matter is None or not kind.may_enter(self.permissions, matter):
            raise no_such_sheet()
        self._note_matter(matter)
        return paper, kind, matter

    def _note_matter(self, matter: Matter) -> None:
        self.act.note_facts(book=matter.book, unit=matter.unit, entry=matter.entry, clause=matter.clause)

    def _check_copies(self, matter: Matter) -> None:
        """Raise Refused where a regulation bans copies; a sheet about the actor alone is always allowed."""
        policy = policy_of(matter.book)
        banned = [policy.denial("copy", role) for role in ("everyone", *self.permissions.roles(matter.book))]
        clause = next(filter(None, banned), None)
        if clause is not None and matter.person != self.permissions.person:
            raise Refused(
                _("Lists may only be taken out by right."),
                clause,
                ask_office(policy, (policy.maintainer.role,), FOR_IT),
            )

    def _scan(self, evidence: str, paper: Paper) -> Evidence:
        """Find a file that may be a scan of ``paper``: of the actor's own tray, a picture or pages, come in
        since it was drawn up, and the scan of no sheet yet. Raises Invalid."""
        mine = (
            (Evidence.id == evidence) & (Evidence.account == self.permissions.account) & (Evidence.size > 0)
        )
        file: Evidence | None = Evidence.get_or_none(mine)
        if file is None:
            raise Invalid(Problem("file", _("There is no such file in your tray.")))
        wrong: Message | None = None
        if file.media_type not in PICTURES:
            wrong = _("A scan is one of these: {kinds}.", kinds=listed(TYPES[one] for one in PICTURES))
        elif _has_left(file.digest):
            wrong = _("This is a file as it left, and nobody has signed it: print it, sign it, and scan it.")
        elif file.added_at < paper.at:
            wrong = _("This file came in before the sheet was drawn up, so it can't show its signatures.")
        else:
            same = PaperScan.select(PaperScan, Paper).join(Paper).switch(PaperScan).join(Evidence).where(
                (Evidence.digest == file.digest) & PaperScan.struck_at.is_null()
            ).first()  # fmt: skip
            if same is not None:
                wrong = _(
                    "This very file is the scan of sheet {number} already; scan each sheet by itself.",
                    number=number_of(same.paper_id),
                )
        if wrong is not None:
            raise Invalid(Problem("file", wrong))
        return file

    @staticmethod
    def _day(text: str, paper: Paper) -> str:
        """Return the day of the signatures as ISO: not before the sheet was drawn up, and not to come. Raises
        Invalid."""
        day = day_of("day", text)
        if day > today():
            raise Invalid(Problem("day", _("This day is still to come.")))
        if day.isoformat() < local(paper.at)[:10]:
            first = local(paper.at)[:10]
            raise Invalid(
                Problem("day", _("The sheet was drawn up on {day}; nobody signed it before.", day=first))
            )
        return day.isoformat()


def _has_left(digest: str) -> bool:
    """Return whether a file of that digest was taken out of the program: a sheet to be printed, which nobody
    has signed yet."""
    out = (AuditRecord.act == TAKEN_OUT) & (AuditRecord.outcome == "done")
    return bool(AuditRecord.select().where(out & AuditRecord.detail.contains(digest)).exists())


def _matter(kind: SheetKind, permissions: Permissions, paper: Paper) -> Matter | None:
    """Return what ``paper`` is of, for those who work with that now; None for others."""
    try:
        return kind.find_matter(permissions, paper.about)
    except (Refused, Invalid):
        return None


def _lines(text: str, count: int) -> Sequence[int]:
    """Read the lines that ``text`` names, each once. Raises Invalid for none, and for one not there."""
    if text.strip() == "all" or (count == 1 and not text.strip()):
        return range(1, count + 1)
    found: set[int] = set()
    for part in text.replace("，", ",").replace("、", ",").split(","):
        first, _dash, last = part.strip().partition("-")
        begin, end = number_in(first.strip()), number_in((last or first).strip())
        if not 0 < begin <= end <= count:
            message = _("Say which of the lines 1 to {count} are signed, as 1,3-5, or `all`.", count=count)
            raise Invalid(Problem("lines", message))
        found |= set(range(begin, end + 1))
    return sorted(found)


def _ranges(lines: Sequence[int]) -> str:
    """Return ``lines`` as somebody would write them: ``1,3-5``."""
    return ",".join(_runs(lines))


def _runs(lines: Sequence[int]) -> Iterator[str]:
    first = last = 0
    for line in (*lines, 0):
        if line != last + 1 or not first:
            if first:
                yield str(first) if first == last else f"{first}-{last}"
            first = line
        last = line


def reads_scan(evidence: str, permissions: Permissions, act: Act) -> bool:
    """Return whether ``evidence`` is the scan of a sheet that the actor works with, that is about them alone,
    or of a book that they supervise; a decision in a case is not for the latter. Notes the sheet in the
    record."""
    papers = Paper.select().join(PaperScan).where(PaperScan.evidence == evidence).distinct()
    for paper in papers:
        kind = sheet_kinds()[paper.kind]
        own = paper.person_id is not None and paper.person_id == permissions.person
        watches = paper.book_id in permissions.books and permissions.holds_throughout(
            paper.book_id, policy_of(paper.book_id).supervisor.role
        )
        if own or _matter(kind, permissions, paper) is not None or (watches and not kind.secret):
            act.note_facts(book=paper.book_id, paper=number_of(paper.id))
            return True
    return False
