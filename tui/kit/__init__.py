"""The frame that every screen stands on.

A screen is a subclass of ``FramedScreen`` in ``tui/screens``, one a file in its subject's folder, with its
``.tcss`` beside it
(``CSS_PATH = "queue.tcss"``). It holds no translated text: messages are said when they are drawn.

    class QueueScreen(FramedScreen):
        NAME = _("Queue")
        ABOUT = _("What waits for your decision, the oldest due date first.")
        KEYS = (
            ScreenCommand("open", "enter", _("Open"), _("Read the whole request.")),
            ScreenCommand("approve", "a", _("Approve"), _("Agree to the request under the cursor.")),
            ScreenCommand("reject", "d", _("Reject"), _("Reject it; you are asked for a reason.")),
            SEARCH,
        )

        def body(self) -> ComposeResult:
            yield TextInput(hint=_("Name or content"), classes="search")
            yield DataList(
                [
                    ListColumn(_("Due"), lambda row: Styled(row.due, row.tone), width=10),
                    ListColumn(_("Who"), lambda row: row.who),
                ],
                key=lambda row: row.id,
                empty=_("Nothing waits for you."),
                multi=True,
            )

        def on_mount(self) -> None:
            self.query_one(DataList).show(self.app.desk.queue.page)     # (offset, limit) -> rows

        def where(self) -> Location:                                       # the top line
            return Location(self.NAME, (book.title, regulation))

        def can(self, command_id: str) -> bool:                         # False: not offered now
            return command_id == "search" or self.query_one(DataList).current is not None

        def do_approve(self) -> None:                                   # the command "approve"
            self.app.desk.queue.approve(...)                            # a Refused is shown by itself
            self.app.tell(_("Approved."))
            self.query_one(DataList).reload()

        async def do_reject(self) -> None:                              # a coroutine may await dialogs
            comment = await ask_text(self, _("Reject"), _("Reason"), required=True)
            if comment is not None: ...

        @on(DataList.Moved)                                             # cursor moved: redraw the preview
        def preview(self) -> None: ...

        def do_open(self) -> None:                                      # ScreenCommand("open", "enter", ...)
            self.app.push_screen(CardScreen(...))

What you get
- **Commands**: each of ``KEYS`` is a binding, a word in the footer, a line in the help screen (? F1) and
  in the palette (Ctrl+P). ``do_<id>`` does it. Letters don't fire while a person types in a field; Ctrl
  and F keys do. Enter in a list, on a clicked row or in a field is the command whose key is ``enter``; in
  a field of a screen without one it goes to the next field. Arrows in a ``classes="search"`` field move
  the list. Lists use ``j k g G h l``, arrows and Space themselves; digits change the mode; Esc and q go
  back. Put a shared command (``SEARCH``, ``BACK``) in ``KEYS`` to show it in the footer. After something
  that changes the answers of ``can`` or ``where``: ``refresh_keys()``, ``refresh_top()``. What is done to the
  row under the cursor makes no sense without one, so ``can`` says: where the row is gone, the frame asks
  whether the one in its place is meant. A key that edits text is no command's.
- **Widgets**: ``TextLine`` (wrapped text), ``FactList`` (label/value), ``DataList`` and ``UnitTree`` (windows
  on a query), ``TextInput``, ``ChoiceField``, ``FormField``. Never Static, Label, DataTable, OptionList, Tree
  or Input with data in them: those read markup. A cell is a text (``str``, Message, Label), a
  ``Styled(text, tone)``, or a list of these; tones: dim strong accent good warn bad head.
- **Dialogs** (in coroutines): ``choose``, ``confirm``, ``ask_text``, ``tell_at_length``, ``tell_facts``;
  ``tell_command`` for a line to type on one's own machine.
- **Telling**: ``app.tell(_("Saved."))`` with tone "", good, warn, bad; stays until the next key.
- **Refusals**: let ``Refused`` and ``Invalid`` fly; the frame shows them (Invalid: under the ``FormField``
  of that name if there is one). Catch them only to do something else.
- **Reader and desk**: ``app.desk``, ``app.language``, ``app.reader``; ``app.set_waiting(n)`` at the top.
- **Longer than its place**: arrows that nothing else takes scroll it; ``Preview`` is what stands beside a
  list, led into by Tab.
- **Parts**: ``with Pane(_("Units")): ...``. Pictures are drawn in half cells (textual-image's
  ``HalfcellImage``): control sequences that widgets emit are dropped.

Open a mode from code with ``app.switch_mode(id)``, a screen over this one with ``app.push_screen``,
go back with ``self.dismiss(None)``. Modes are listed in ``tui/screens/modes.py``.
"""

import tui.kit.environment  # before anything imports textual
from tui.front.beside import WorkStopped
from tui.kit.application import HouseNotice, Memory, Reader
from tui.kit.base import KitApp
from tui.kit.choosing import Pick, choose, confirm
from tui.kit.commands import ScreenCommand
from tui.kit.common_keys import BACK, HELP, SEARCH, SIGN_OUT
from tui.kit.datalist import DataList
from tui.kit.dialog import Dialog
from tui.kit.dialogs import ask_text, tell_at_length, tell_facts
from tui.kit.facts import FactList
from tui.kit.fields import ChoiceField, FormField, TextInput
from tui.kit.footer import Footer
from tui.kit.framed_screen import FramedScreen
from tui.kit.list_columns import ListColumn
from tui.kit.looks import Look, look_for
from tui.kit.mode import Mode, RequiredScreen
from tui.kit.notice import NoticeArea
from tui.kit.own_machine import tell_command
from tui.kit.painted import Painted, TextLine
from tui.kit.pane import Pane
from tui.kit.scrolling import Preview
from tui.kit.topline import Location
from tui.kit.unittree import Node, UnitTree
from tui.safe import cells, clip, fit, plain
from tui.sheets.cell import Cell, Styled
from tui.sheets.clauses import by_clause, clause_text, ground_text
