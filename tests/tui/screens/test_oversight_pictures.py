"""How audit and reports look."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from db.store.tables import AuditRecord, Request
from tests.db.desk.asking import approve
from tests.tui.conftest import Snap
from tests.tui.screens.oversight_stage import Oversight
from tests.tui.screens.requests_stage import office
from tests.world import World
from tui.kit import KitApp
from tui.screens.audit.one import AuditOne

__all__ = ["office"]


async def settle(pilot: Pilot[object]) -> None:
    """Let the chain be checked and the table be mounted."""
    await pilot.pause(0.3)


def test_audit(snap_matrix: Snap, office: World) -> None:
    """Who, what, on whom, when, from where, allowed or refused by which clause; the chain in the corner."""
    snap_matrix(lambda view: Oversight(office, "helei", view), run_before=settle)


def test_audit_narrowed(snap_matrix: Snap, office: World) -> None:
    """What the list is narrowed to stands in the top line."""
    snap_matrix(lambda view: Oversight(office, "helei", view), press=("down", *"f1f4"), run_before=settle)


def test_an_audit_record(snap_matrix: Snap, office: World) -> None:
    """Everything recorded of a change, with what changed and the hashes; those are others in every store."""
    approve(office, "liuyang", Request.select().where(Request.state == "open").order_by(Request.id).get().id)
    record = AuditRecord.select().where(AuditRecord.journal.is_null(False)).order_by(AuditRecord.seq.desc())
    seq = record.get().seq

    def one(app: KitApp) -> AuditOne:
        found = app.desk.audit.one(seq)
        details = tuple((label, value) for label, value in found.details if len(str(value)) != 64)
        return AuditOne(replace(found, details=details, hash="0c" * 32, previous="1d" * 32))

    snap_matrix(lambda view: Oversight(office, "helei", view, one))


def test_reports(snap_matrix: Snap, office: World) -> None:
    """Which reports there are, and in full what the one under the cursor tells, of which books."""
    snap_matrix(lambda view: Oversight(office, "liuyang", view, first="reports"), run_before=settle)


def test_report(snap_matrix: Snap, office: World) -> None:
    """The directory of a scope: what finds no room is left out, what is masked stays masked."""
    snap_matrix(lambda view: Oversight(office, "wangfang", view, first="reports"), run_before=show_directory)


def test_report_as_text(snap_matrix: Snap, office: World) -> None:
    """Plain lines, entry by entry where the table has no room."""
    snap_matrix(lambda view: Oversight(office, "wangfang", view, first="reports"), run_before=show_text)


async def show_directory(pilot: Pilot[object]) -> None:
    """Open the first report of the list."""
    await pilot.pause(0.2)
    await pilot.press("enter")
    await pilot.pause(0.3)


async def show_text(pilot: Pilot[object]) -> None:
    """And show it as text."""
    await show_directory(pilot)
    await pilot.press("v")
    await pilot.pause(0.3)


async def show_deadlines(pilot: Pilot[object]) -> None:
    """Choose the report on deadlines."""
    await show_directory(pilot)
    await pilot.press("right_square_bracket", "3")
    await pilot.pause(0.3)


async def show_months(pilot: Pilot[object]) -> None:
    """And show it by the month."""
    await show_deadlines(pilot)
    await pilot.press("p", "m")
    await pilot.pause(0.3)


async def take_out(pilot: Pilot[object]) -> None:
    """And take it out, as CSV."""
    await show_deadlines(pilot)
    await pilot.press("o", "2")
    await pilot.pause(0.3)


def test_report_deadlines(snap_matrix: Snap, office: World) -> None:
    """Numbers under each other, overdue ones marked."""
    snap_matrix(lambda view: Oversight(office, "liuyang", view, first="reports"), run_before=show_deadlines)


def test_report_out(snap_matrix: Snap, office: World, same_codes: None) -> None:
    """The formats, the command for another window, and the code that it is asked for."""
    snap_matrix(lambda view: Oversight(office, "liuyang", view, first="reports"), run_before=take_out)


@pytest.mark.every_look
def test_report_months(snap_matrix: Snap, office: World) -> None:
    """A row a month, the number before its bar, a share of few written out."""
    snap_matrix(lambda view: Oversight(office, "liuyang", view, first="reports"), run_before=show_months)
