"""Reporting a breach, from any screen (A.18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from db.desk.cases.cases import ABOUT, About, Cases, KindOption, ReportChannel
from db.language import Message, Text, _
from tui.kit import (
    ChoiceField,
    FormField,
    Location,
    Pick,
    ScreenCommand,
    TextInput,
    TextLine,
    clause_text,
)
from tui.screens.kept_form import KeptForm
from tui.sheets.case_reports import ABOUT_WHOM, reported_text

UNKNOWN = "-"
LABELS = 16
"""Cells that the labels take."""
GOES = _(
    "{clause}, it goes to {who}, and stays sealed for everybody else. If it is about one of "
    "them, say who: whoever you name sees nothing of it, and another gets it."
)
GOES_ELSEWHERE = _("{clause}, it goes to another than {who}, who is told at once; those see nothing of it.")


class ReportBreach(KeptForm):
    """A form of six lines. It dismisses itself with the number of the report, or None."""

    CSS_PATH = "report.tcss"
    NAME = _("Report a breach")
    ABOUT = _(
        "Say what happened, in your own words; nothing else is needed. It goes at once to whom the "
        "regulation names, and to nobody whom it is about. You hear what came of it. Where a copy was "
        "found, type its number."
    )
    KEYS = (
        ScreenCommand("submit", "ctrl+s", _("Submit"), _("Hand the report in."), second="f4"),
        ScreenCommand("back", "escape", _("Discard"), _("Leave the form; you are asked first.")),
    )
    AUTO_FOCUS = "#field-words TextInput"

    def __init__(self) -> None:
        super().__init__()
        self._channels: Sequence[ReportChannel] = Cases(self.app.desk).channels()

    def where(self) -> Location:
        channel, meant = self._channel, self._chosen_kind
        about = (channel.book_label, clause_text(meant.clause)) if channel is not None and meant else ()
        return Location(self.NAME, about)

    def body(self) -> ComposeResult:
        books = [Pick(one.book, one.book_label) for one in self._channels]
        first = self._channels[0] if self._channels else None
        line = partial(FormField, label_width=LABELS)
        with VerticalScroll(can_focus=False, id="form"):
            yield line("words", _("What happened"), TextInput(max_length=1000))
            yield line("book", _("Directory"), ChoiceField(_("Which directory?"), books), label_width=LABELS)
            yield line(
                "kind",
                _("Kind"),
                ChoiceField(_("What kind of breach?"), self._kinds(first)),
            )
            about = [Pick(one, label) for one, label in ABOUT.items()]
            yield line("about", _("About whom"), ChoiceField(ABOUT_WHOM.title, about), label_width=LABELS)
            yield line(
                "whom",
                _("Who it is"),
                TextInput(hint=_("a name, or a surname with a title: 孙工")),
            )
            yield line(
                "copy",
                _("Found copy"),
                TextInput(hint=_("number on the copy, such as {example}", example="C0012-003")),
            )
            yield TextLine(id="meant")
            yield TextLine(id="goes")

    def on_mount(self) -> None:
        self._show_meant()
        self.begin()

    @property
    def draft(self) -> str:
        """The name of the draft: one report at a time."""
        return "incident"

    def fill_typed(self, typed: Mapping[str, str]) -> None:
        """Fill in a kept draft, the directory first, as the kinds depend on it."""
        self.query_one("#field-book", FormField).set_value(typed.get("book", ""))
        self.query_one("#field-kind ChoiceField", ChoiceField).options = self._kinds(self._channel)
        super().fill_typed(typed)
        self._show_meant()

    @property
    def _channel(self) -> ReportChannel | None:
        chosen = self._value("book") if self.is_mounted else ""
        fallback = self._channels[0] if self._channels else None
        return next((one for one in self._channels if one.book == chosen), fallback)

    @property
    def _chosen_kind(self) -> ReportChannel | KindOption | None:
        """The kind chosen, or the directory's channel if the kind is unknown: others may handle it."""
        channel, kind = self._channel, self._value("kind") if self.is_mounted else UNKNOWN
        return next((one for one in (channel.kinds if channel else ()) if one.id == kind), channel)

    @property
    def _chosen_about(self) -> About:
        """The choice whom it is about; somebody, if a name was typed."""
        chosen: About = next((one for one in ABOUT if one == self._value("about")), "nobody")
        return "somebody" if chosen == "nobody" and self._value("whom") else chosen

    def _value(self, name: str) -> str:
        return next((field.value for field in self.query(FormField) if field.field == name), "")

    @staticmethod
    def _kinds(channel: ReportChannel | None) -> list[Pick]:
        kinds = channel.kinds if channel is not None else ()
        known = [Pick(one.id, one.label, note=clause_text(one.clause)) for one in kinds]
        return [Pick(UNKNOWN, _("I don't know")), *known]

    @on(ChoiceField.Changed, "#field-book ChoiceField")
    def _another_book(self) -> None:
        kind = self.query_one("#field-kind ChoiceField", ChoiceField)
        kind.options = self._kinds(self._channel)
        if all(option.id != kind.value for option in kind.options):
            kind.value = UNKNOWN
        kind.refresh(layout=True)
        self._show_meant()

    @on(ChoiceField.Changed, "#field-kind ChoiceField, #field-about ChoiceField")
    def _another_way(self) -> None:
        self._show_meant()

    @on(TextInput.Changed, "#field-whom TextInput")
    def _another_whom(self) -> None:
        self._show_meant()

    def _said_unit(self) -> Text:
        """Return words for the department that the name typed means, closed ones included; "" for none."""
        typed = self._value("whom").strip()
        found = self.app.desk.directory.units_named(self._value("book"), typed, 1) if len(typed) > 1 else ()
        fits = [one for one in found if one.begins_with(typed)]
        return _("Understood: {unit} ({place}).", unit=fits[0].name, place=fits[0].place) if fits else ""

    def _show_meant(self) -> None:
        said, line = self._said_unit(), self.query_one("#meant", TextLine)
        line.display = bool(said)
        line.show(said, "good")
        meant = self._chosen_kind
        if meant is not None:
            among = {"who": meant.who, "clause": clause_text(meant.clause)}
            told = Message(GOES_ELSEWHERE.text if self._value("about") == "handlers" else GOES.text, among)
            self.query_one("#goes", TextLine).show(told, "dim")
        self.refresh_top()

    def do_submit(self) -> None:
        """Report the breach, recorded, delete the draft, close the form with the case's number, and show
        that. Raises Invalid or Refused, with everything typed kept."""
        kind = self._value("kind")
        number = Cases(self.app.desk).report(
            self._value("book"),
            self._value("words"),
            "" if kind == UNKNOWN else kind,
            self._value("copy"),
            about=self._chosen_about,
            whom=self._value("whom"),
        )
        self.throw_away()
        self.dismiss(number)
        self.app.call_later(self.app.tell, reported_text(number))
