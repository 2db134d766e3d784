"""The copies of one issue: who has acknowledged, reminding, calling back, the issue on record."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult

from db.desk.editions.edition_views import CopyRow, EditionView, IssueRow
from db.language import Text, _
from tui.kit import (
    BACK,
    Cell,
    Column,
    Command,
    DataList,
    Facts,
    Frame,
    Option,
    Styled,
    Where,
    ask_text,
    choose,
    confirm,
    tell_at_length,
    tell_facts,
)
from tui.kit.facts import Fact

MAIL = {"waiting": _("waiting"), "sent": _("sent"), "dead": _("given up")}


class EditionCopies(Frame):
    """One copy a line, those not acknowledged with a sign."""

    CSS_PATH = "copies.tcss"
    NAME = _("Copies")
    ABOUT = _(
        "A copy is acknowledged at the moment its recipient's own terminal shows them the password. Remind "
        "those who have not; call copies back with a reason, after which they open no more. The issue itself "
        "is kept sealed: v checks it against its digest."
    )
    SHOWS_MODES = False
    KEYS = (
        Command("open", "enter", _("Details"), _("Everything about the copy under the cursor.")),
        Command("remind", "r", _("Remind"), _("Remind everyone who has not acknowledged.")),
        Command("recall", "x", _("Call back"), _("Call this copy back, or all of them.")),
        Command("again", "a", _("Mail again"), _("Send mail that was given up once more.")),
        Command("record", "v", _("On record"), _("Check the kept issue against its digest.")),
        Command("back", "escape", BACK.label, BACK.help, second="q"),
    )

    def __init__(self, edition: EditionView, issue: IssueRow) -> None:
        super().__init__()
        self._edition = edition
        self._issue = issue
        self._rows: tuple[CopyRow, ...] = ()

    def where(self) -> Where:
        """Which issue."""
        name = _("{edition}, issue {number}", edition=self._edition.label, number=self._issue.number)
        return Where(name, (self._edition.book_title, self._edition.classification))

    def body(self) -> ComposeResult:
        """The issue's facts and the list."""
        yield Facts(id="facts")
        yield DataList[CopyRow](
            [
                Column(_("Copy"), lambda row: row.number, width=10),
                Column(_("Recipient"), lambda row: Styled(row.name, "strong"), width=10),
                Column(_("Post"), lambda row: row.post),
                Column(self.app.desk.me.unit_label(self._edition.book), lambda row: row.unit, from_width=100),
                Column(_("Acknowledged"), _acknowledged, width=16),
                Column(_("Reminded"), lambda row: row.reminded_at[5:], width=11, from_width=100),
                Column(_("Mail"), _mail, width=16),
            ],
            key=lambda row: row.id,
            empty=_("This issue has no copies."),
        )

    def on_mount(self) -> None:
        """Ask for the copies."""
        self._fill()

    def can(self, command_id: str) -> bool:
        """Only the issuer acts; reminding needs someone who has not acknowledged."""
        mine = self._edition.mine_to_issue
        out = [row for row in self._rows if not row.recalled_at]
        offers = {
            "open": self.is_mounted and self.query_one(DataList).current is not None,
            "remind": mine and any(not row.acknowledged_at for row in out),
            "recall": mine and bool(out),
            "again": mine and any(row.mail == "dead" for row in self._rows),
        }
        return offers.get(command_id, True)

    def _fill(self) -> None:
        self._rows = rows = self.app.desk.editions.copies(self._issue.id)
        copies = self.query_one(DataList)
        copies.show(lambda offset, limit: rows[offset : offset + limit], total=len(rows), keep=True)
        out = [row for row in rows if not row.recalled_at]
        done = sum(bool(row.acknowledged_at) for row in out)
        late = Styled(_("! late"), "bad") if self._issue.late else Styled("", "dim")
        self.query_one(Facts).show(
            [
                (_("Issued"), [f"{self._issue.issued_at} {self._issue.issued_by}  ", late]),
                (_("Acknowledged"), Styled(f"{done}/{len(out)}", "good" if done == len(out) else "warn")),
                (_("Reminded last"), self._last or "–"),
            ]
        )
        self.refresh_keys()

    @on(DataList.Moved)
    def _moved(self) -> None:
        self.refresh_keys()

    async def do_open(self) -> None:
        """Everything about one copy."""
        row: CopyRow | None = self.query_one(DataList).current
        if row is not None:
            await tell_facts(self, row.number, _facts(row))

    async def do_remind(self) -> None:
        """Remind who has not acknowledged; twice on one day only after a question."""
        count = self.app.desk.editions.remind(self._issue.id)
        if not count and self.can("remind"):
            told = _("All who have not acknowledged were reminded today, last {at}.", at=self._last)
            if not await confirm(self, _("Remind them once more?"), text=told, yes=_("Remind")):
                return
            count = self.app.desk.editions.remind(self._issue.id, again=True)
        self._fill()
        self.app.tell(_("Reminded: {count}", count=count), "good")

    @property
    def _last(self) -> str:
        """When somebody was reminded last."""
        return max((row.reminded_at for row in self._rows), default="")

    async def do_recall(self) -> None:
        """Call back one or all, with a reason."""
        row: CopyRow | None = self.query_one(DataList).current
        options = [Option("all", _("All copies of this issue"))]
        if row is not None and not row.recalled_at:
            options.insert(0, Option(row.number, _("Copy {number}", number=row.number), note=row.name))
        chosen = await choose(self, _("Call back"), options)
        if chosen is None:
            return
        number, counts = "" if chosen == "all" else chosen, list[int]()
        await ask_text(
            self, _("Call back"), _("Reason, told to the recipient"), required=True,
            check=lambda reason: counts.append(self.app.desk.editions.recall(self._issue.id, reason, number)),
        )  # fmt: skip
        for count in counts:
            self._fill()
            self.app.tell(_("Called back: {count}", count=count), "warn")

    def do_again(self) -> None:
        """Another try for the mail."""
        count = self.app.desk.editions.send_again(self._issue.id)
        self._fill()
        self.app.tell(_("To be sent again: {count}", count=count))

    async def do_record(self) -> None:
        """The issue as it was kept."""
        kept = self.app.desk.editions.record(self._issue.id)
        state = _("It is as it was issued.") if kept.sound else _("It does NOT fit its digest.")
        text = _(
            "{state}\nEntries: {rows}\nSHA-256: {digest}", state=state, rows=kept.issue.rows,
            digest=kept.issue.digest,
        )  # fmt: skip
        await tell_at_length(self, _("Issue {number} on record", number=kept.issue.number), text)


def _facts(row: CopyRow) -> list[Fact]:
    """Everything about a copy; why it was called back only where it was."""
    found: list[Fact] = [
        (_("Recipient"), f"{row.name} · {row.post} · {row.unit}"),
        (_("Issued"), row.made_at),
        (_("Acknowledged"), row.acknowledged_at or "–"),
        (_("Reminded"), row.reminded_at or "–"),
        (_("Called back"), row.recalled_at or "–"),
    ]
    if row.recall_reason:
        found.append((_("Reason"), row.recall_reason))
    mail: list[Text | Styled] = [MAIL.get(row.mail, "–")]
    return [*found, (_("Mail"), [*mail, f"  {row.problem}"] if row.problem else mail)]


def _acknowledged(row: CopyRow) -> Cell:
    if row.recalled_at:
        return Styled(_("called back"), "warn")
    if row.acknowledged_at:
        return Styled(f"✓ {row.acknowledged_at[5:]}", "good")
    return Styled(_("! not yet"), "bad")


def _mail(row: CopyRow) -> Cell:
    if not row.mail:
        return Styled("–", "dim")
    return Styled(MAIL[row.mail], "bad" if row.mail == "dead" else "dim")
