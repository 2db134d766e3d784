"""How asking, the consents and the rules look."""

from __future__ import annotations

from textual.pilot import Pilot

from tests.db.desk.test_policies import revision
from tests.rules import issue
from tests.tui.conftest import Snap, View
from tests.tui.screens.ask_stage import offices
from tests.tui.screens.requests_stage import Office
from tests.world import World
from tui.screens.asking.ask import AskScreen
from tui.screens.asking.form import AskForm
from tui.screens.asking.rules import RuleChanges, RulesScreen
from tui.screens.privacy.consents import ConsentsScreen
from tui.screens.requests.kept_forms import KeptForms
from tui.screens.sheets.list import screen_of
from tui.sheets.books import BOOK
from tui.sheets.consents import RECEIVED
from tui.sheets.granted import OPENED
from tui.sheets.rules import COMING

__all__ = ["offices"]


async def settle(pilot: Pilot[object]) -> None:
    """Let the line under the cursor be shown."""
    await pilot.pause(0.3)


def form(offices: World, view: View, login: str, offer: str, book: str = "controlled") -> Office:
    """The empty form of ``offer``."""
    return Office(
        offices, login, view, first="requests", over=lambda app: AskForm(app.desk.asking.form(offer, book))
    )


def test_chooser(snap_matrix: Snap, offices: World) -> None:
    """Everything the assistant may ask for, with its clause where there is room."""
    snap_matrix(
        lambda view: Office(offices, "zhuli", view, first="requests", over=lambda _app: AskScreen()),
        run_before=settle,
    )


def test_structure_form(snap_matrix: Snap, offices: World) -> None:
    """What, which unit, under which; the chief executive decides."""
    snap_matrix(lambda view: form(offices, view, "zhuli", "structure"), run_before=settle)


def test_department_contact_form(snap_matrix: Snap, offices: World) -> None:
    """The day of the change with its clock."""
    snap_matrix(lambda view: form(offices, view, "taojs", "unit-contact"), run_before=settle)


def test_disclosure_form(snap_matrix: Snap, offices: World) -> None:
    """Whom, what, to whom, how long."""
    snap_matrix(lambda view: form(offices, view, "dingyi", "disclosure", "safety"), run_before=settle)


def test_private_copy_form(snap_matrix: Snap, offices: World) -> None:
    """Two steps in their order, and a reason that must be given."""
    snap_matrix(lambda view: form(offices, view, "xiepi", "copy-private"), run_before=settle)


def test_consents(snap_matrix: Snap, offices: World) -> None:
    """Who asks for what of the reader's entry, and until when it is to be answered."""
    snap_matrix(
        lambda view: Office(offices, "niuer", view, first="requests", over=lambda _app: ConsentsScreen()),
        run_before=settle,
    )


def test_answering(snap_matrix: Snap, offices: World) -> None:
    """One key an answer."""
    snap_matrix(
        lambda view: Office(offices, "niuer", view, first="requests", over=lambda _app: ConsentsScreen()),
        press=("a",),
    )


def test_given_to_us(snap_matrix: Snap, offices: World) -> None:
    """What the department was given, until when."""
    desk = offices.desk("niuer")
    desk.consents.answer(desk.consents.mine()[0].id, "yes")
    desk = offices.desk("kangle")
    desk.consents.answer(desk.consents.mine()[0].id, "open")
    desk = offices.desk("panan")
    (request,) = desk.queue.window().rows
    desk.queue.approve(request.id, request.digest)
    snap_matrix(
        lambda view: Office(
            offices,
            "weiguo",
            view,
            first="requests",
            over=lambda _app: screen_of(RECEIVED)(),
        ),
        run_before=settle,
    )


def test_opened_for_a_time(snap_matrix: Snap, offices: World) -> None:
    """What requests opened, for who approved it."""
    desk = offices.desk("niuer")
    desk.consents.answer(desk.consents.mine()[0].id, "yes")
    desk = offices.desk("kangle")
    desk.consents.answer(desk.consents.mine()[0].id, "open")
    desk = offices.desk("panan")
    (request,) = desk.queue.window().rows
    desk.queue.approve(request.id, request.digest)
    snap_matrix(
        lambda view: Office(offices, "panan", view, first="requests", over=lambda _app: screen_of(OPENED)()),
        run_before=settle,
    )


def test_rules(snap_matrix: Snap, offices: World) -> None:
    """Who interprets the rules, since when they hold, and each with its clause."""
    snap_matrix(
        lambda view: Office(
            offices,
            "renhe",
            view,
            first="requests",
            over=lambda app: RulesScreen(app.desk.policies.rules("safety")),
        ),
        run_before=settle,
    )


def test_rules_that_change(snap_matrix: Snap, offices: World) -> None:
    """What begins and what ends with a version that is to come."""
    text = revision(
        "safety-officers", "2", "2026-12-01", ("duty.filing = { days = 3", "duty.filing = { days = 2")
    )
    issue(offices, "kangle", text)
    snap_matrix(
        lambda view: Office(
            offices,
            "renhe",
            view,
            first="requests",
            over=lambda app: RuleChanges(app.desk.policies.rules("safety")),
        ),
        run_before=settle,
    )


def test_rules_to_come(snap_matrix: Snap, offices: World) -> None:
    """What is on record and not in force yet, for whoever may withdraw it."""
    issue(offices, "kangle", revision("safety-officers", "2", "2026-12-01"))
    snap_matrix(
        lambda view: Office(
            offices, "panan", view, first="requests", over=lambda _app: screen_of(COMING)({BOOK.id: "safety"})
        ),
        run_before=settle,
    )


def test_kept_forms(snap_matrix: Snap, offices: World) -> None:
    """What one had typed when the line was cut."""
    offices.desk("panan").drafts.save_form("change 17", "更正：潘安 · 安全管理部", {"mobile": "13900001111"})
    snap_matrix(
        lambda view: Office(offices, "panan", view, first="requests", over=lambda _app: KeptForms()),
        run_before=settle,
    )


def test_disclosure_in_the_queue(snap_matrix: Snap, offices: World) -> None:
    """The decider sees each person's answer."""
    snap_matrix(lambda view: Office(offices, "panan", view), press=("enter",), run_before=settle)
