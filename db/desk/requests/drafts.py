"""What somebody had typed into a form when their line was cut: sealed, theirs alone, and gone when they hand
the form in, throw it away, or leave it for `KEPT_DAYS`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from db.desk.frame import OperationGroup, operation
from db.desk.notation.localtime import local
from db.desk.power.declaration import LOOKS
from db.desk.refusal import Invalid, Problem
from db.language import LANGUAGES, Label, Text, _, say
from db.store import clock
from db.store.engine import store
from db.store.sealing import seal, unseal
from db.store.tables import FormDraft

KEPT_DAYS: Final = 7
MOST: Final = 20
"""Drafts of one account; the oldest goes."""
LONGEST: Final = 64 << 10
"""Bytes of one draft."""


@dataclass(frozen=True, slots=True)
class SavedForm:
    """A form's ``title`` and what was ``typed``, by field. ``place`` says which form it is."""

    place: str
    title: Text
    typed: Mapping[str, str]
    kept_at: str


class Drafts(OperationGroup):
    """Operations on the actor's own drafts."""

    @operation("drafts.keep", label=_("keep what was typed"), recorded=True, power=LOOKS)
    def save_form(self, place: str, title: Text, typed: Mapping[str, str]) -> None:
        """Encrypt and store what was typed into the form called ``place``, in place of what was kept of it
        before; the oldest beyond `MOST` forms are deleted. Raises Invalid for more than `LONGEST`."""
        said = {one: say(title, one) for one in LANGUAGES}
        packed = json.dumps({"title": said, "typed": dict(typed)}, ensure_ascii=False).encode()
        if len(packed) > LONGEST or len(place) > FormDraft.place.max_length:
            raise Invalid(Problem("typed", _("This is too much to keep.")))
        account = self.permissions.account
        content = seal(store().keys, FormDraft.content.place(account, place), packed)
        self._remove(place)
        FormDraft.create(account=account, place=place, content=content, kept_at=clock.now())
        for row in list(self._rows())[MOST:]:
            self._remove(row.place)

    @operation("drafts.kept", label=_("look at what was typed"), recorded=False, power=LOOKS)
    def saved_form(self, place: str) -> SavedForm | None:
        """Decrypt and return what the actor saved of the form called ``place``, None without it."""
        row = self._rows().where(FormDraft.place == place).first()
        return _open_draft(row) if row is not None else None

    @operation("drafts.mine", label=_("list what was typed"), recorded=False, power=LOOKS)
    def mine(self) -> tuple[SavedForm, ...]:
        """Decrypt all that the actor saved, the newest first."""
        return tuple(map(_open_draft, self._rows()))

    @operation("drafts.discard", label=_("throw away what was typed"), recorded=True, power=LOOKS)
    def discard(self, place: str) -> None:
        """Delete what is kept of the form called ``place``."""
        self._remove(place)

    def _rows(self) -> Any:
        mine = FormDraft.select().where(FormDraft.account == self.permissions.account)
        return mine.order_by(FormDraft.kept_at.desc(), FormDraft.place)

    def _remove(self, place: str) -> None:
        FormDraft.delete().where(
            (FormDraft.account == self.permissions.account) & (FormDraft.place == place)
        ).execute()


def forget_old() -> int:
    """Delete, within the running transaction, what nobody came back for in `KEPT_DAYS`; return how many."""
    before = clock.stamp(clock.moment(clock.now()) - timedelta(days=KEPT_DAYS))
    return int(FormDraft.delete().where(FormDraft.kept_at < before).execute())


def _open_draft(row: FormDraft) -> SavedForm:
    place = FormDraft.content.place(row.account_id, row.place)
    held = json.loads(unseal(store().keys, place, bytes(row.content)))
    said = held["title"]
    title = Label(said["zh_CN"], said["en"]) if isinstance(said, dict) else said
    return SavedForm(row.place, title, held["typed"], local(row.kept_at)[:16])
