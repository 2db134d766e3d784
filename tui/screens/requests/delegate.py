"""Standing in: who decides for the reader while they are away, and for whom the reader does."""

from __future__ import annotations

from datetime import timedelta

from textual import on
from textual.app import ComposeResult

from db.desk.clockwork import today
from db.desk.requests.delegation import DelegationView, RoleToDelegate, day_of, days_of
from db.language import Message, Text, _
from tui.kit import Cell, Column, Command, DataList, Frame, Option, Styled, ask_text, choose, confirm
from tui.screens.requests.request_words import names

STATES: dict[str, Message] = {
    "lasts": _("lasts"),
    "to come": _("to come"),
    "over": _("over"),
    "revoked": _("ended early"),
}


class Delegate(Frame):
    """The reader's delegations, given and received."""

    NAME = _("Stand-in")
    ABOUT = _(
        "While you are away somebody of your department can decide what waits for you in one of your roles. "
        "They decide as themselves and the record says for whom. It ends by itself, or when you end it. "
        "Nobody decides on their own request in this way, nor on that of the one they stand in for."
    )
    KEYS = (
        Command("new", "n", _("New"), _("Let somebody stand in for you.")),
        Command("end", "x", _("End"), _("End it now.")),
        Command("back", "escape", _("Back"), _("Back to the list."), second="q"),
    )
    SHOWS_MODES = False

    def body(self) -> ComposeResult:
        """The list."""
        yield DataList[DelegationView](
            [
                Column(_("First day"), lambda row: row.from_day, width=10),
                Column(_("Last day"), lambda row: row.until_day, width=10),
                Column(_("Who for whom"), lambda row: _who(row)),
                Column(_("Role"), lambda row: row.role, width=12, in_english=18),
                Column(_("Book"), lambda row: row.book, width=14, in_english=18, from_width=100),
                Column(_("State"), lambda row: _state(row), width=11),
                Column(_("Why"), lambda row: row.reason, width=16, from_width=100),
            ],
            key=lambda row: row.id,
            empty=_("Nobody stands in for you, nor you for anybody. n begins it."),
        )

    def on_mount(self) -> None:
        """Ask for the list."""
        self._load()

    def _load(self) -> None:
        rows = self.app.desk.delegation.mine()
        self.query_one(DataList).show(
            lambda offset, limit: rows[offset : offset + limit], total=len(rows), keep=True
        )

    @property
    def _current(self) -> DelegationView | None:
        row: DelegationView | None = self.query_one(DataList).current
        return row

    @on(DataList.Moved)
    def _moved(self) -> None:
        self.refresh_keys()

    def can(self, command_id: str) -> bool:
        """Only one's own delegation that is not over can be ended."""
        if command_id != "end":
            return True
        row = self._current if self.is_mounted else None
        return row is not None and row.given and row.state in ("lasts", "to come")

    async def do_new(self) -> None:
        """Role, person, days, reason."""
        desk = self.app.desk.delegation
        role = await self._role(desk.roles())
        if role is None:
            return
        candidates = desk.candidates(role.book, role.role)
        if not candidates:
            self.app.tell(_("There is nobody in your department who could stand in."), "warn")
            return
        options = [
            Option(str(one.account), one.name, note=f"{one.unit} {one.position}") for one in candidates
        ]
        to = await choose(self, _("Who stands in for you?"), options)
        if to is None:
            return
        days = await self._days()
        if days is None:
            return
        made: list[int] = []
        await ask_text(
            self, _("Why stand-in is needed"), _("Such as leave or travel; may be left blank"),
            check=lambda why: made.append(desk.delegate(role.role, role.book, int(to), *days, why)),
        )  # fmt: skip
        for number in made:
            self._load()
            self._tell_of(number)

    async def _days(self) -> tuple[str, str] | None:
        """The first and the last day."""
        title = _("Stand-in")
        first = await ask_text(
            self,
            title,
            _("First day"),
            value=today().isoformat(),
            required=True,
            check=lambda text: day_of("from", text),
        )
        if first is None:
            return None
        last = await ask_text(
            self,
            title,
            _("Last day"),
            value=(max(today(), day_of("from", first)) + timedelta(days=6)).isoformat(),
            required=True,
            check=lambda text: days_of(first, text),
        )
        return (first, last) if last is not None else None

    def _tell_of(self, number: int) -> None:
        """What a new one means, and who stands in on the same days too."""
        given = [row for row in self.app.desk.delegation.mine() if row.given]
        new = next(row for row in given if row.id == number)
        others = [
            row.other
            for row in given
            if row.id != number
            and row.state in ("lasts", "to come")
            and (row.book, row.role) == (new.book, new.role)
            and row.from_day <= new.until_day
            and row.until_day >= new.from_day
        ]
        if others:
            self.app.tell(
                _(
                    "{names} stands in on some of these days too; whoever is first decides.",
                    names=names(others),
                )
            )
        else:
            self.app.tell(_("What {name} decides for you is recorded with both names.", name=new.other))

    async def _role(self, roles: tuple[RoleToDelegate, ...]) -> RoleToDelegate | None:
        if not roles:
            self.app.tell(_("You hold no role in which somebody could stand in."), "warn")
            return None
        options = [
            Option(str(number), role.role_label, note=role.book_label) for number, role in enumerate(roles)
        ]
        chosen = options[0].id if len(roles) == 1 else await choose(self, _("In which role?"), options)
        return roles[int(chosen)] if chosen is not None else None

    async def do_end(self) -> None:
        """End it, once it was asked whether that is meant."""
        row = self._current
        if row is not None and await confirm(
            self, _("End the stand-in of {name} now?", name=row.other), yes=_("End"), no=_("Let it last")
        ):
            self.app.desk.delegation.revoke(row.id)
            self._load()
            self.app.tell(_("Ended."))


def _who(row: DelegationView) -> Text:
    if row.given:
        return _("{name} for me", name=row.other)
    return _("I for {name}", name=row.other)


def _state(row: DelegationView) -> Cell:
    return Styled(STATES[row.state], "good" if row.state == "lasts" else "dim")
