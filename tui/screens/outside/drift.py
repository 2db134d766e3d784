"""How far a directory and WeCom differ; from here WeCom is set right."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from db.desk.outside.drift_views import Drift, DriftRow
from db.desk.outside.drift_words import standing, under_way
from db.language import Text, _, _n, listed
from tui.kit import (
    BACK,
    Cell,
    Column,
    Command,
    DataList,
    Frame,
    Line,
    Option,
    Styled,
    Where,
    choose,
    clause_text,
    confirm,
    tell_at_length,
    tell_command,
)

NOBODYS = _("Nobody in the directory has this account: remove it in WeCom, or enter the person here.")


async def open_drift(screen: Frame) -> None:
    """Open it over ``screen``, after asking for the directory where there are several."""
    books = screen.app.desk.outside.books()
    chosen: str | None = books[0][0] if books else None
    if len(books) > 1:
        options = [Option(book, label) for book, label in books]
        chosen = await choose(screen, _("Which directory?"), options)
    if chosen is not None:
        screen.app.push_screen(WeComDrift(chosen))


class WeComDrift(Frame):
    """What the last comparison found, one person a line."""

    CSS_PATH = "drift.tcss"
    NAME = _("WeCom")
    ABOUT = _(
        "Joiners, changes and leavers are told to WeCom by themselves, within ten minutes. Once a day both "
        "sides are compared: who is missing here or there, and which fields differ. Where WeCom is not "
        "connected, f gets the command that writes the file which it imports."
    )
    SHOWS_MODES = False
    KEYS = (
        Command("open", "enter", _("Details"), _("Everything about the difference under the cursor.")),
        Command("push_one", "o", _("Set right"), _("Have WeCom told of the person under the cursor.")),
        Command("push", "p", _("Set all right"), _("Have WeCom told of everybody who differs.")),
        Command("compare", "c", _("Compare"), _("Have both sides compared at the next run.")),
        Command("file", "f", _("File"), _("Get the command that writes the file which WeCom imports.")),
        Command("refresh", "r", _("Refresh"), _("Ask again how both sides stand."), second="f5"),
        Command("back", "escape", BACK.label, BACK.help, second="q"),
    )

    def __init__(self, book: str) -> None:
        super().__init__()
        self._book = book
        self._drift: Drift | None = None

    def where(self) -> Where:
        """Which directory, and the clause that has it kept in step."""
        found = self._drift
        return Where(self.NAME, (found.book_label, clause_text(found.clause)) if found is not None else ())

    def body(self) -> ComposeResult:
        """How both sides stand, and the differences."""
        with Vertical(classes="said"):
            yield Line(id="first")
            yield Line(id="second")
            yield Line(id="failed")
        yield DataList[DriftRow](
            [
                Column(_("What is wrong"), _what, width=16),
                Column(_("Name"), lambda row: Styled(row.name or "–", "strong"), width=12),
                Column(_("Department"), lambda row: row.unit, width=14, from_width=100),
                Column(_("WeCom account"), lambda row: row.account, width=14),
                Column(_("Fields"), lambda row: listed(row.fields)),
                Column(_("Stands"), lambda row: row.stands, width=16),
            ],
            key=lambda row: row.id,
            empty=_("The last comparison found no difference."),
        )

    def on_mount(self) -> None:
        """Ask how both sides stand."""
        self.do_refresh()

    def can(self, command_id: str) -> bool:
        """Telling takes a connection, and somebody to tell of."""
        found = self._drift
        row = self.current
        ready = found is not None and found.connected
        fixable = found is not None and (found.dead > 0 or any(one.entry is not None for one in found.rows))
        offers = {
            "open": row is not None,
            "push_one": ready and row is not None and row.entry is not None,
            "push": ready and fixable,
            "compare": ready,
        }
        return offers.get(command_id, True)

    @property
    def current(self) -> DriftRow | None:
        """The difference under the cursor."""
        row: DriftRow | None = self.query_one(DataList).current if self.is_mounted else None
        return row

    def do_refresh(self) -> None:
        """Ask again."""
        self._drift = found = self.app.desk.outside.drift(self._book)
        first, *others = standing(found)
        failed = others.pop() if found.problem else ""
        self.query_one("#first", Line).show(first)
        rest: list[Text | Styled] = []
        for line in others:
            rest += ["  ", Styled(line, "warn")] if rest else [Styled(line, "warn")]
        self._say("second", rest)
        self._say("failed", [Styled(failed, "bad")] if failed else [])
        rows = found.rows
        self.query_one(DataList).show(
            lambda offset, limit: rows[offset : offset + limit], total=len(rows), keep=True
        )
        self.refresh_top()
        self.refresh_keys()

    def _say(self, place: str, words: list[Text | Styled]) -> None:
        """Words on a line that is there only for them."""
        line = self.query_one(f"#{place}", Line)
        line.display = bool(words)
        line.show(words)

    @on(DataList.Moved)
    def _moved(self) -> None:
        self.refresh_keys()

    async def do_open(self) -> None:
        """Everything about one difference."""
        row = self.current
        if row is not None:
            await tell_at_length(
                self,
                row.name or row.account,
                _(
                    "{what}\nDepartment: {unit}\nWeCom account: {account}\nFields: {fields}\n{stands}",
                    what=row.what_label,
                    unit=row.unit or "–",
                    account=row.account or "–",
                    fields=listed(row.fields) if row.fields else "–",
                    stands=under_way(row) if row.entry is not None else _of_nobody(row),
                ),
            )

    def do_push_one(self) -> None:
        """WeCom is told of one person."""
        row = self.current
        if row is not None:
            self.app.desk.outside.push(self._book, row.id)
            self.do_refresh()
            self.app.tell(_("WeCom is told at the next run, within ten minutes."))

    async def do_push(self) -> None:
        """WeCom is told of everybody who differs."""
        if await confirm(self, _("Have WeCom set right in everybody who differs?"), yes=_("Set all right")):
            count = self.app.desk.outside.push(self._book)
            self.do_refresh()
            self.app.tell(
                _n(
                    "WeCom is told of {count} person at the next run, within ten minutes.",
                    "WeCom is told of {count} people at the next run, within ten minutes.",
                    count=count,
                )
            )

    async def do_file(self) -> None:
        """The command that writes WeCom's import file."""
        command = f"{self.app.desk.actor.ssh} wecom export --book {self._book} > members.xlsx"
        await tell_command(self, command, _("The file is a copy of the directory: it is recorded."))

    def do_compare(self) -> None:
        """Both sides are compared."""
        self.app.desk.outside.compare(self._book)
        self.do_refresh()
        self.app.tell(_("Both sides are compared at the next run, within ten minutes."))


def _of_nobody(row: DriftRow) -> Text:
    """What to do about somebody whom only WeCom knows, after what is strange about their name."""
    return _("{strange}\n{advice}", strange=row.stands, advice=NOBODYS) if row.stands else NOBODYS


def _what(row: DriftRow) -> Cell:
    return Styled(row.what_label, "bad" if row.what == "missing-here" else "warn")
