"""Letting somebody leave: the last day, and everything that ends with the entry."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from db.desk.lifecycle.forms import DAY, SUCCESSOR, LeaveAsked, LeaveForm
from db.language import _, _n, listed
from tui.kit import Facts, Line, Where
from tui.screens.lifecycle.form import LifeForm
from tui.sheets.cell import Fact


class Leave(LifeForm):
    """The form of a leaver."""

    NAME = _("Leaver")
    ABOUT = _(
        "The last day, and what ends with the entry. Once it is confirmed, the entry is sealed in the "
        "archive and gone from every list, search and copy at once; accounts, rights and stand-ins end with "
        "it. Where copies have to be handed back, that comes first, on the task."
    )

    def __init__(self, form: LeaveForm) -> None:
        super().__init__(form.way, (), None, form.amends)
        self._form = form

    def where(self) -> Where:
        """Who leaves, which book, under which clause."""
        return self.where_of(self._form.name, self._form.unit_name)

    def body(self) -> ComposeResult:
        """The day, what ends, then how it goes on."""
        with VerticalScroll(id="fields", can_focus=False):
            yield from self.lines(self._form.fields)
            yield Line()
            yield Facts([*self.facts(), *self._ending()])
        yield from self.end()

    def _ending(self) -> list[Fact]:
        """What ends with the entry, one line each; what there is none of is left out."""
        ending, found = self._form.ending, list[Fact]()
        if ending.accounts:
            what = _("is closed, sessions end") if ending.closes else _("stays open for other directories")
            found.append((_("Account"), [listed(ending.accounts), " ", what]))
        if ending.rights or ending.stand_ins:
            ends = _("{rights} rights, {stand_ins} stand-ins end", rights=ending.rights,
                     stand_ins=ending.stand_ins)  # fmt: skip
            found.append((_("Rights"), ends))
        if ending.headed:
            found.append((_("Heads"), _("{units}: without a head from then on", units=listed(ending.headed))))
        if ending.answers_for:
            found.append(
                (_("Outside"), _("{count}, handed over to whoever is named above", count=ending.answers_for))
            )
        if ending.requests:
            found.append(
                (
                    _("Requests"),
                    _n(
                        "{count} under way is withdrawn",
                        "{count} under way are withdrawn",
                        count=len(ending.requests),
                    ),
                )
            )
        if self._form.copies:
            found.append((_("Hand back"), listed(self._form.copies)))
        return found

    def on_mount(self) -> None:
        """The form is drawn."""
        self.begin()

    def do_submit(self) -> None:
        """Hand it in."""
        typed = self.typed()
        successor = typed.get(SUCCESSOR, "")
        asked = LeaveAsked(self._form.entry, typed[DAY], self.reason, self.evidence, successor)
        amends = self._amends.request if self._amends is not None else None
        self.handed_in(self.app.desk.lifecycle.leave(asked, amends))
