"""What an issue made now would be: what changed since the last, everyone in it, and who receives it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from db.desk.authority.sight import joined_texts
from db.desk.editions.comparing import WORDS, EditionDifference
from db.desk.editions.content import IssueContent
from db.desk.editions.edition_views import EditionView, IssuePreview
from db.desk.editions.editions import Editions
from db.desk.editions.tagging import Sorting
from db.language import Language, Message, Text, _, say
from tui.kit import (
    BACK,
    Cell,
    DataList,
    FactList,
    FramedScreen,
    ListColumn,
    Location,
    Pick,
    ScreenCommand,
    Styled,
    cells,
    choose,
    tell_facts,
)
from tui.screens.sheets.asking import carry_out
from tui.screens.sheets.list import command_of
from tui.sheets.asks import At
from tui.sheets.cell import Fact
from tui.sheets.editions import ISSUE_NOW, SIGNS, issue_question, key_of, preview_facts

WIDEST, GAP = 24, 2


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A line of the list: an entry of the edition, or one that is no more, with what changed."""

    id: int
    name: str
    cells: tuple[Text, ...]
    difference: EditionDifference | None


class EditionPreview(FramedScreen):
    """Facts above, below them the changes, all entries or the recipients."""

    CSS_PATH = "preview.tcss"
    NAME = _("Preview")
    ABOUT = _(
        "Exactly what an issue made now would hold. Changes since the last issue come first: + joined, − "
        "left, → moved, ~ other particulars. v shows everyone in it, or who receives it; n issues it."
    )
    SHOWS_MODES = False
    KEYS = (
        ScreenCommand(
            "view", "v", _("Show"), _("Choose what the list shows: changes, entries, recipients."), looks=True
        ),
        ScreenCommand(
            "open", "enter", _("In full"), _("Everything about the line under the cursor."), looks=True
        ),
        ScreenCommand(
            "tags", "v", _("Tags"), _("Put a tag on the person under the cursor, or take it off."), looks=True
        ),
        command_of(ISSUE_NOW),
        ScreenCommand("back", "escape", BACK.label, BACK.help),
    )

    def __init__(self, edition: EditionView, preview: IssuePreview) -> None:
        super().__init__()
        self._edition = edition
        self._preview = preview
        self._shown = "changes" if self._preview.changed else "entries"

    def where(self) -> Location:
        return Location(self._edition.label, (self._edition.book_title,))

    def body(self) -> ComposeResult:
        with VerticalScroll(id="facts", can_focus=False):
            yield FactList(self._facts())
        listing = DataList[PreviewLine]([], key=lambda row: row.id)
        self._fill_list(listing)
        yield listing

    def can(self, command_id: str) -> bool:
        line = self._current if self.is_mounted else None
        if command_id == "open":
            return self._shown != "recipients" and line is not None
        if command_id == "tags":
            return line is not None and (line.difference is None or line.difference.what != "left")
        return True

    @property
    def _current(self) -> PreviewLine | None:
        line: PreviewLine | None = self.query_one(DataList).current
        return line

    @on(DataList.Moved)
    def _on_cursor_moved(self) -> None:
        self.refresh_keys()

    async def do_view(self) -> None:
        preview = self._preview
        options = [
            Pick("changes", _("Changes since the last issue"), note=str(len(preview.changed))),
            Pick("entries", _("Everyone in it"), note=str(len(preview.content.rows))),
            Pick(
                "recipients",
                _("Recipients"),
                note=str(len(preview.receivers) + len(preview.unreachable)),
            ),
        ]
        chosen = await choose(self, _("What to show"), options, selected=self._shown)
        if chosen is not None:
            self._shown = chosen
            self._fill_list(self.query_one(DataList))

    def respeak(self) -> None:
        """Draw every text again, and measure the edition's columns in that language."""
        super().respeak()
        if self._shown == "entries":
            self.query_one(DataList).show_columns(columns_of(self._preview.content, self.app.language))

    async def do_open(self) -> None:
        line = self._current
        if line is not None:
            await tell_facts(self, line.name, [pair for pair in self._pairs(line) if pair[1]])

    async def do_tags(self) -> None:
        """Ask for a tag of the entry, turn it on or off, recorded, and draw the preview again; show that
        there are no tags if so."""
        line, sorting = self._current, Sorting(self.app.desk)
        if line is None:
            return
        tags = sorting.tags(line.id)
        options = [Pick(tag.id, tag.label, note="✓" if tag.on else "") for tag in tags]
        if not options:
            self.app.tell(_("The regulations of this directory know no tags."), "warn")
            return
        chosen = await choose(self, _("Tags of {name}", name=line.name), options)
        for tag in tags:
            if tag.id == chosen:
                sorting.tag(line.id, tag.id, not tag.on)
                self._preview = await preview_of(self, self._edition)
                self.query_one(FactList).show(self._facts())
                self._fill_list(self.query_one(DataList))

    async def do_issue(self) -> None:
        """Ask, issue the edition, recorded, with its copies sent, and close the screen."""
        verb = replace(ISSUE_NOW, sure=lambda _at: issue_question(self._preview))
        at = At(self.app.desk, (key_of(self._edition),), lambda: (self._edition,))
        made = await carry_out(self, verb, at)
        if made is not None:
            self.app.recount()
            self.dismiss(None)
            self.app.call_later(self.app.tell, verb.done(at, made.result), "good")

    def _facts(self) -> list[Fact]:
        return preview_facts(self._preview, str(len(self._preview.receivers)))

    def _fill_list(self, listing: DataList[PreviewLine]) -> None:
        """Show changes, entries or recipients, as chosen, in the one list."""
        preview = self._preview
        if self._shown == "recipients":
            rows = [
                PreviewLine(one.entry, one.name, (one.name, one.post, one.unit, why), None)
                for why, people in (("", preview.receivers), (_("! no account"), preview.unreachable))
                for one in people
            ]
            heads = [_("Name"), _("Post"), self.app.desk.me.unit_label(self._edition.book), ""]
            columns = [ListColumn(head, _cell(place)) for place, head in enumerate(heads)]
            listing.empty = ""
        elif self._shown == "changes":
            rows = [PreviewLine(one.row.entry, one.row.name, one.row.cells, one) for one in preview.changed]
            columns = [
                ListColumn("", _sign, width=10),
                ListColumn(_("Name"), lambda row: Styled(row.name, "strong"), width=10),
                ListColumn(_("What changed"), _fields),
            ]
            listing.empty = _("Nothing changed since the last issue.")
        else:
            rows = [PreviewLine(one.entry, one.name, one.cells, None) for one in preview.content.rows]
            columns = columns_of(preview.content, self.app.language)
            listing.empty = "–"
        listing.show_columns(columns)
        listing.show_all(rows)

    def _pairs(self, line: PreviewLine) -> list[Fact]:
        heads = [column.label for column in self._preview.content.columns]
        pairs: list[Fact] = list(zip(heads, line.cells, strict=True))
        for label, before, after in line.difference.fields if line.difference is not None else ():
            pairs.append(
                (label, Message("{before} → {after}", {"before": before or "–", "after": after or "–"}))
            )
        return pairs


async def preview_of(screen: FramedScreen, edition: EditionView) -> IssuePreview:
    """Return the preview of an issue made now, built beside the session while ``screen`` waits. Issues
    nothing."""
    desk, what = screen.app.desk, _("Preview: {edition}", edition=edition.label)
    return await screen.app.work(screen, what, lambda: Editions(desk).preview(edition.book, edition.id))


async def open_preview(screen: FramedScreen, edition: EditionView) -> None:
    """Build the preview of ``edition`` and open it over ``screen``."""
    screen.app.push_screen(EditionPreview(edition, await preview_of(screen, edition)))


def columns_of(content: IssueContent, language: Language) -> list[ListColumn[PreviewLine]]:
    """Return the edition's own columns, each from the width at which it has room; Enter shows them all."""
    found, used = [], 0
    for place, column in enumerate(content.columns):
        texts = [say(column.label, language), *(say(row.cells[place], language) for row in content.rows)]
        width = min(WIDEST, max(map(cells, texts)))
        used += width + GAP
        found.append(ListColumn(column.label, _cell(place), width=width, from_width=used))
    return found


def _cell(place: int) -> Callable[[PreviewLine], Cell]:
    def cell(row: PreviewLine) -> Cell:
        return row.cells[place]

    return cell


def _sign(row: PreviewLine) -> Cell:
    if row.difference is None:
        return ""
    sign, tone = SIGNS[row.difference.what]
    return Styled(Message("{sign} {word}", {"sign": sign, "word": WORDS[row.difference.what]}), tone)


def _fields(row: PreviewLine) -> Cell:
    difference = row.difference
    if difference is None or not difference.fields:
        return joined_texts([cell for cell in row.cells[:4] if cell], " ")
    told: list[Text | Styled] = []
    for label, before, after in difference.fields:
        told += [*(["  "] if told else []), label, " ", Styled(before or "–", "dim"), " → ", after or "–"]
    return told
