"""The attendance list of a training, signed on paper. Not an operation."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.authority.permissions import Permissions, policy_of, root_of
from db.desk.papers.lists import people_by_department, receipt_list, unit_label
from db.desk.papers.sheets import Matter, PaperPage, SheetKind, SheetLine, SignedLine
from db.desk.papers.sheets import number_of as paper_number
from db.desk.refusal import SILENT, Refused
from db.desk.requests.submitters import holds_own_role
from db.desk.training.topics import strike_rows, topics_of
from db.language import _
from db.store.tables import Paper, Trained


class TrainingReceipts(SheetKind):
    """Of a training: whoever learns it in the book. Signing is attending (F.6.2)."""

    id, label = "training", _("attendance list of a training")

    def find_matter(self, permissions: Permissions, about: str) -> Matter:
        """Look up a topic, written ``book/topic``. Raises Refused for those who do not keep the whole book by
        their own right."""
        book, _slash, name = about.partition("/")
        policy = policy_of(book) if book in permissions.books else None
        topic = next((one for one in topics_of(policy) if one.id == name), None) if policy else None
        if (
            policy is None
            or topic is None
            or not holds_own_role(permissions, policy, policy.keepers, root_of(book))
        ):
            raise Refused(
                _("There is no such training for you to record."),
                topic.clause if topic is not None else SILENT,
                _("`training` lists the topics that you answer for."),
            )
        return Matter(book, about, topic.clause, row=topic)

    def draw_sheet(self, matter: Matter, words: str) -> tuple[Sequence[PaperPage], Sequence[SheetLine]]:
        """Draw a line for each of the book's own people, trained before or not. Raises Invalid where there is
        nobody."""
        book, topic = matter.book, matter.row
        people = people_by_department(book)
        facts = ((_("Topic"), topic.label), (_("Version"), topic.version))
        rows = [(entry.name, entry.unit.name, entry.position or "") for entry in people]
        heads = (_("Name"), unit_label(book), _("Position"))
        lines = [SheetLine(one.person_id, one.name, topic.version) for one in people]
        return receipt_list(_("Attendance list"), facts, heads, rows), lines

    def count(self, paper: Paper, line: SheetLine, signed: SignedLine) -> bool:
        """Store that the person was trained on the day of the signature, on the version of the sheet; return
        False if on record."""
        book, _slash, topic = paper.about.partition("/")
        known = (Trained.book == book) & (Trained.topic == topic) & (Trained.person == line.person)
        if (
            Trained.select()
            .where(known & (Trained.on_day == signed.day) & Trained.struck_at.is_null())
            .exists()
        ):
            return False
        Trained.create(
            person=line.person, book=book, topic=topic, version=line.ref, on_day=signed.day,
            recorded_at=signed.at, recorded_by=signed.account, source=paper_number(paper.id),
        )  # fmt: skip
        return True

    def uncount(self, paper: Paper, line: SheetLine, signed: SignedLine) -> None:
        """Mark the training that this signature stored as struck."""
        number = paper_number(paper.id)
        mine = (Trained.source == number) & (Trained.person == line.person)
        rows = Trained.select().where(mine & (Trained.recorded_at == signed.at) & Trained.struck_at.is_null())
        strike_rows(list(rows), signed.struck_by or signed.account, number)
