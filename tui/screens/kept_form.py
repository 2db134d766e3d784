"""What every form has in common that is not lost by one key, nor with the line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from db.language import _
from tui.kit import FormField, FramedScreen, confirm


class KeptForm(FramedScreen):
    """A form that asks before it is left, and has what was typed again once a line was cut. A subclass calls
    ``begin`` once all its fields are drawn."""

    HOME = ""
    SHOWS_MODES = False
    HOLDS_ON = True

    def __init__(self) -> None:
        super().__init__()
        self._begun: dict[str, str] = {}
        self._has_draft = False

    @property
    def draft(self) -> str:
        raise NotImplementedError

    def begin(self) -> None:
        """Fill in the draft that was kept when the session ended, and show that. From now on changes are
        kept."""
        self._begun = self.typed_values()
        kept = self.app.desk.drafts.saved_form(self.draft)
        if kept is not None:
            self._has_draft = True
            self.fill_typed(kept.typed)
            words = _(
                "What you had typed on {moment} is here again. Leaving the form throws it away.",
                moment=kept.kept_at,
            )
            self.app.call_later(self.app.tell, words)

    def keep_typed(self) -> None:
        """Save what was typed as a draft, if it changed."""
        typed = self.typed_values()
        if self._begun and typed != self._begun:
            self.app.desk.drafts.save_form(self.draft, self.where().place, typed)

    def fill_typed(self, typed: Mapping[str, str]) -> None:
        """Fill in a draft, as far as the form still has its fields."""
        for field in self.query(FormField):
            if field.field in typed and field.value != typed[field.field]:
                field.set_value(typed[field.field])

    def typed_values(self) -> dict[str, str]:
        return {field.field: field.value for field in self.query(FormField)}

    def throw_away(self) -> None:
        """Delete the draft, and keep nothing more of the form."""
        self._begun = {}
        if self._has_draft:
            self.app.desk.drafts.discard(self.draft)

    def do_back(self) -> None:
        """Leave the form, after asking if something was typed; that deletes the draft."""
        self._leave_form(self.dismiss)

    def do_sign_out(self) -> None:
        """Sign out, after asking as before leaving: Ctrl+Q lies beside the keys that edit."""
        self._leave_form(super().do_sign_out)

    def _leave_form(self, by: Callable[[], object]) -> None:
        if self.typed_values() == self._begun:
            by()
        else:
            self.run_flow(partial(self._ask_to_leave, by))

    async def _ask_to_leave(self, by: Callable[[], object]) -> None:
        if await confirm(self, _("Discard what you typed?"), yes=_("Discard"), no=_("Keep typing")):
            self.throw_away()
            by()
