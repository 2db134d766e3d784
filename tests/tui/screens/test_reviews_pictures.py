"""How reviews, inspections and training look."""

from __future__ import annotations

import pytest
from textual.screen import Screen

from db.desk.reviews.guiding import Guidance
from db.desk.reviews.review_views import CampaignRow
from db.desk.reviews.reviews import Reviews
from db.desk.training.trainings import Trainings
from db.store import audit
from db.store.transactions import writing
from tests.tui.conftest import Snap, View
from tests.tui.screens.reviews_stage import Morning, Room, reviews
from tests.tui.screens.stage import Stage, counted, settled
from tests.world import World
from tui.kit import KitApp
from tui.screens.door.training_due import TrainingDue
from tui.screens.reviews.entries import ReviewEntries
from tui.screens.reviews.inspection import Inspection
from tui.screens.reviews.list import ReviewList
from tui.screens.reviews.reviews import TrainingsScreen
from tui.screens.reviews.rights import ReviewRights
from tui.screens.reviews.units import ReviewUnits
from tui.screens.sheets.list import screen_of
from tui.sheets.backups import OVERSEEN, RUNS
from tui.sheets.books import BOOK
from tui.sheets.findings import FINDINGS
from tui.sheets.guidance import GUIDANCE
from tui.sheets.review_items import REVIEW
from tui.sheets.reviews import REVIEW_PROGRESS
from tui.sheets.rules import SUMMARY
from tui.sheets.training import COURSE, MINE, OWN, PEOPLE, TOPIC, TRAINING

__all__ = ["reviews"]


class BeforeTraining(Stage):
    """No mode may be used yet."""

    SHOWN = ("",)


def a_review(kind: str, app: KitApp) -> CampaignRow:
    """The reader's review of ``kind``."""
    return next(row for row in Reviews(app.desk).campaigns() if row.kind == kind)


def the(kind: str, screen: type[ReviewList], app: KitApp) -> ReviewList:
    """The screen of the reader's review of ``kind``."""
    return screen(a_review(kind, app))


def test_reviews(snap_matrix: Snap, reviews: World) -> None:
    """The first due on top, what is the reader's, and how far each is."""
    snap_matrix(lambda view: Room(reviews, "panan", view))


def test_entries_under_review(snap_matrix: Snap, reviews: World) -> None:
    """One entry a line: right, gone, open; the one under the cursor in full below."""

    def make(view: View) -> Room:
        return Room(reviews, "kangle", view, lambda app: the("full-review", ReviewEntries, app))

    snap_matrix(make, run_before=settled)


def test_signing_for_a_department(snap_matrix: Snap, reviews: World) -> None:
    """Departments with their entries; one is signed."""
    snap_matrix(
        lambda view: Room(reviews, "songjia", view, lambda app: the("sign-off", ReviewUnits, app)),
        run_before=settled,
    )


def test_entries_of_a_department(snap_matrix: Snap, reviews: World) -> None:
    """What each lacks and when it was verified, before it is signed for."""
    snap_matrix(
        lambda view: Room(reviews, "songjia", view, lambda app: the("sign-off", ReviewUnits, app)),
        press=("enter",),
        run_before=settled,
    )


def test_rights_under_review(snap_matrix: Snap, reviews: World) -> None:
    """Each right with its role and last use."""

    def make(view: View) -> Room:
        return Room(reviews, "yuhr", view, lambda app: the("recertification", ReviewRights, app))

    snap_matrix(make, run_before=settled)


@pytest.mark.every_look
def test_progress(snap_matrix: Snap, reviews: World) -> None:
    """Departments that have sent theirs and those that have not, with whom it waits for."""

    def make(view: View) -> Room:
        progress = screen_of(REVIEW_PROGRESS)
        return Room(reviews, "panan", view, lambda app: progress({REVIEW.id: a_review("collection", app)}))

    snap_matrix(make)


def test_inspection(snap_matrix: Snap, reviews: World) -> None:
    """The safeguards with their clauses: in order, with a finding, open."""
    snap_matrix(
        lambda view: Room(reviews, "xinan", view, lambda app: the("inspection", Inspection, app)),
        run_before=settled,
    )


def test_findings(snap_matrix: Snap, reviews: World) -> None:
    """A finding past its day, answered, with its history."""
    snap_matrix(lambda view: Room(reviews, "xinan", view, lambda _app: screen_of(FINDINGS)()))


def test_guidance(snap_matrix: Snap, reviews: World) -> None:
    """What departments are to do, who has confirmed it and who has not."""
    Guidance(reviews.desk("xinan")).give("secured", "下班前锁好纸质名单，人走屏锁。")
    head = next(one for one in Guidance(reviews.desk("fuhr")).list() if one.mine)
    reviews.desk("fuhr").notices.acknowledge(head.id)
    snap_matrix(lambda view: Room(reviews, "xinan", view, lambda _app: screen_of(GUIDANCE)()))


def test_training(snap_matrix: Snap, reviews: World) -> None:
    """Topics, and people never trained, due soon and trained."""
    snap_matrix(lambda view: Room(reviews, "jinhr", view, lambda _app: screen_of(TRAINING)()))


def test_training_beside_one_s_own(snap_matrix: Snap, reviews: World) -> None:
    """The topics as they are reached among the reviews, with the way to the reader's own."""
    snap_matrix(lambda view: Room(reviews, "jinhr", view, lambda _app: TrainingsScreen()))


def test_training_people(snap_matrix: Snap, reviews: World) -> None:
    """The people of a topic: never trained, due soon and trained; one is marked."""

    def people(app: KitApp) -> Screen[object]:
        topic = Trainings(app.desk).topics()[0]
        return screen_of(PEOPLE)({TOPIC.id: topic})

    snap_matrix(lambda view: Room(reviews, "yuhr", view, people), press=["space"])


def test_training_mine(snap_matrix: Snap, reviews: World) -> None:
    """What the reader is to be trained in, by when."""
    snap_matrix(lambda view: Room(reviews, "lunan", view, lambda _app: screen_of(MINE)()))


def test_training_course(snap_matrix: Snap, reviews: World) -> None:
    """A rule with what it means for the reader, of a course that ends with its questions."""

    def course(app: KitApp) -> Screen[object]:
        return screen_of(COURSE)({OWN.id: Trainings(app.desk).mine()[0]})

    snap_matrix(lambda view: Room(reviews, "lunan", view, course), press=["down"])


def test_rules_in_brief(snap_matrix: Snap, reviews: World) -> None:
    """The rules of a directory, and what one means for the reader."""
    book = {BOOK.id: "general"}
    snap_matrix(lambda view: Room(reviews, "lunan", view, lambda _app: screen_of(SUMMARY)(book)))


def test_the_host_s_backups(snap_matrix: Snap, reviews: World) -> None:
    """As information security sees them: checked, failed, and in time."""
    with writing():
        audit.append(
            act="backups.run", outcome="failed", detail={"place": "/backup/b", "problem": "no space"}
        )
        for file in ("20261122", "20261123"):
            seq = audit.append(act="backups.run", outcome="done", detail={"place": "/backup/a", "file": file})
            if file == "20261122":
                audit.append(act="backups.verified", outcome="done", detail={"seq": seq})
    book = {OVERSEEN.id: "secured"}
    snap_matrix(lambda view: Room(reviews, "xinan", view, lambda _app: screen_of(RUNS)(book)))


def test_a_training_due_on_today(snap_matrix: Snap, reviews: World) -> None:
    """Before what is due later: its clause, the topic, and that it is late."""
    snap_matrix(lambda view: Morning(reviews, "lunan", view), run_before=counted)


def test_training_is_due(snap_matrix: Snap, reviews: World) -> None:
    """Which training is to be attended before the directory opens, with its clause."""
    snap_matrix(lambda view: BeforeTraining(reviews, "lunan", view, lambda _app: TrainingDue()))
