"""The directory: browse, search, open a card, reveal, contact, and ask why.

Whatever is out of a reader's reach answers as if it did not exist (C.10).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from db.desk.authority.permissions import policy_of
from db.desk.authority.reach import search_scope_of
from db.desk.authority.sight import FieldReader, Shown, in_words, visible_fields
from db.desk.directory import directory_views
from db.desk.directory.by_value import ByValue, by_value
from db.desk.directory.close_matches import close_matches
from db.desk.directory.contact_copy import CopyForm, clause_against_copies, copy_contact
from db.desk.directory.contacting import Contact, contact_card
from db.desk.directory.kept_people import (
    FAVOURITE,
    KINDS,
    KeptLines,
    drop_entry,
    favourites_of,
    keep_entry,
    kept_entries,
    lines_kept,
)
from db.desk.directory.preview import EntryPreview, marks_of, preview_of
from db.desk.directory.revealed import StatedPurpose
from db.desk.directory.search import list_page, place_in_list, question, search
from db.desk.directory.terms import Purpose, check_purpose, purposes_of, within_reach
from db.desk.directory.units_named import UnitFound, units_named
from db.desk.directory.why import Why, access_clause, unseen_clause, why_not, why_yes
from db.desk.disclosure_limits import check_reason, is_beyond, note_shown, reason_required, tell_watch
from db.desk.entry.facets import stored_facets, tag_ranks
from db.desk.entry.lines import EntryLine, lines_of
from db.desk.extracts.report_rights import under_password_alone, way_to_copy
from db.desk.frame import OperationGroup, operation
from db.desk.notation.values import MASK
from db.desk.power.declaration import LOOKS
from db.desk.refusal import SILENT, Refused
from db.desk.requests.evidence import EvidenceFile, evidence_file
from db.desk.requests.files import content_of
from db.desk.requests.photos import picture_of
from db.language import Text, _
from db.policy.vocabulary import Side
from db.store.searchkeys import as_number
from db.store.tables import Entry

MOST = 200
"""Rows handed out at once at the most."""


class Directory(OperationGroup):
    """Operations on the entries of the reader's books."""

    @operation("directory.books", label=_("list the directories"), recorded=False, power=LOOKS)
    def books(self) -> tuple[directory_views.BookView, ...]:
        """Return the books in which anything at all is within reach."""
        return directory_views.books_of(self.permissions)

    @operation("directory.units", label=_("browse the units"), recorded=False, power=LOOKS)
    def units(
        self, book: str, parent: int | None = None, side: Side = "internal", *, heads: bool = False
    ) -> tuple[directory_views.UnitNode, ...]:
        """Return the units right below ``parent`` (None: the root itself) that are within reach or lead
        there, with their ``heads`` as far as the reader sees those; these count as listed. Counts are of
        active entries within reach."""
        found = directory_views.units_below(self.permissions, book, parent, side, heads=heads)
        headed = [unit.head[0] for unit in found if unit.head is not None]
        if headed:
            self.desk.listed.count_entries(self.act, book, headed)
        return found

    @operation("directory.unit", label=_("look at a unit"), recorded=False, power=LOOKS)
    def unit(self, book: str, unit: int, side: Side = "internal") -> directory_views.UnitCard | None:
        """Return a unit with its own contacts; None where nothing of it is within reach (I.4.2.3)."""
        if book not in self.permissions.books:
            return None
        return directory_views.unit_card(
            self.permissions.policy(book), search_scope_of(self.permissions, book, side), unit
        )

    @operation("directory.units_named", label=_("find a unit"), recorded=False, power=LOOKS)
    def units_named(
        self, book: str, text: str, limit: int = 10, side: Side = "internal"
    ) -> tuple[UnitFound, ...]:
        """Find units within reach, or that lead there, with ``text`` in their name; none elsewhere."""
        if book not in self.permissions.books:
            return ()
        ground = search_scope_of(self.permissions, book, side)
        return tuple(units_named(ground, book, text, min(limit, MOST)))

    @operation("directory.list", label=_("list entries"), recorded=False, power=LOOKS)
    def list(
        self,
        book: str,
        unit: int | None = None,
        side: Side = "internal",
        offset: int = 0,
        limit: int = 50,
        facets: Sequence[str] = (),
    ) -> tuple[EntryLine, ...]:
        """Return a window on the entries within reach, in ``unit`` and below and under all ``facets``: tagged
        ones first, then by pinyin (F.3.1, F.3.2); they count as listed. A facet is ``by=value``; of a tag,
        kind or category its id or its name in either language."""
        if book not in self.permissions.books:
            return ()
        ground = search_scope_of(self.permissions, book, side, unit)
        found = list_page(
            ground, max(offset, 0), min(limit, MOST), stored_facets(self.permissions.policy(book), facets)
        )
        return self._count_listed(book, side, lines_of(self.permissions, book, ground, found))

    @operation("directory.place", label=_("find somebody's place in a list"), recorded=False, power=LOOKS)
    def place(
        self,
        book: str,
        entry: int,
        unit: int | None = None,
        side: Side = "internal",
        facets: Sequence[str] = (),
    ) -> int | None:
        """Return how many stand before ``entry`` in what `list` gives; None where it isn't among those."""
        if book not in self.permissions.books:
            return None
        ground = search_scope_of(self.permissions, book, side, unit)
        return place_in_list(ground, entry, stored_facets(self.permissions.policy(book), facets))

    @operation("directory.search", label=_("search the directory"), recorded=False, power=LOOKS)
    def search(
        self,
        book: str,
        text: str,
        unit: int | None = None,
        side: Side = "internal",
        limit: int = 20,
        facets: Sequence[str] = (),
        *,
        near: bool = False,
    ) -> tuple[EntryLine, ...]:
        """Find what fits ``text`` best within reach, in ``unit`` and below: the own unit first, then by rank,
        tagged ones before others (F.3.2); they count as listed. Found by name, given name, pinyin, initials,
        e-mail, extension, number or its ending, position, unit, or unit and name, tag or region; of several
        words one may be a tag, kind, region or position to narrow by. ``near``: only names that are nearly
        so, for where nothing fits anywhere: pinyin mixed with characters, or with one wrong letter. Protected
        values find nobody here: see `by_value`. `settled` records the look-up."""
        permissions = self.permissions
        if book not in permissions.books:
            return ()
        ground = search_scope_of(permissions, book, side, unit)
        own = permissions.own.get(book, (0, None))[1]
        policy = permissions.policy(book)
        text, typed = directory_views.split_facets(policy, ground, text)
        asked = question(text, side, (*stored_facets(policy, facets), *typed), tag_ranks(policy))
        if near:
            found = close_matches(ground, text, min(limit, MOST)) if not asked.facets else []
        else:
            found = search(ground, asked, own, min(limit, MOST), book)
        return self._count_listed(book, side, lines_of(permissions, book, ground, found))

    @operation("directory.by_value", label=_("look for a whole protected value"), recorded=True, power=LOOKS)
    def by_value(
        self, book: str, text: str, unit: int | None = None, side: Side = "internal", limit: int = 20
    ) -> ByValue:
        """Find who within reach has the whole protected value ``text``, in ``unit`` and below (A.13).
        Recorded; those found are recorded as shown, and the watch is notified beyond its limit. After too
        many misses, or beyond that limit, nobody is searched. Raises Refused for a book that is none of the
        reader's."""
        self.permissions.check_book(book)
        self.act.note_facts(query=directory_views.as_recorded(text))
        found = by_value(self.act, book, text, unit, side, min(limit, MOST))
        if found.lines and not as_number(text):
            self.act.note_facts(query=MASK)
        return found

    @operation("directory.as_data", label=_("have entries as data"), recorded=False, power=LOOKS)
    def as_data(self, book: str, entry: int | None = None, *, in_lines: bool = False) -> None:
        """Raise Refused where entries of the book, or this one, may not be given to programs, or many at once
        to people ``in_lines``: where nobody may take a copy (I.4.4.2), or for programs where copies leave
        under a password alone (D.4). One's own entry is always allowed."""
        self.permissions.check_book(book)
        if entry is not None and self.permissions.own.get(book, (None,))[0] == entry:
            return
        policy = self.permissions.policy(book)
        if policy.copies.encrypted and not in_lines:
            raise under_password_alone(policy.copies.clause)
        banned = [policy.kept_in(role) for role in sorted(self.permissions.roles(book)) or ["employee"]]
        if all(banned):
            raise Refused(
                _("Copies of the directory may only be taken by right."),
                banned[0] or SILENT,
                way_to_copy(policy),
            )

    @operation("directory.facets", label=_("list what can be narrowed by"), recorded=False, power=LOOKS)
    def facets(
        self, book: str, unit: int | None = None, side: Side = "internal"
    ) -> tuple[directory_views.Facet, ...]:
        """Return by what a list of the book can be narrowed, with the values within reach (F.3.1)."""
        if book not in self.permissions.books:
            return ()
        ground = search_scope_of(self.permissions, book, side, unit)
        return directory_views.facets_of(self.permissions.policy(book), ground)

    @operation("directory.settled", label=_("look somebody up"), recorded=True, power=LOOKS, only_looks=True)
    def settled(self, book: str, text: str, unit: int | None = None) -> None:
        """Record a finished look-up: no key for a moment, or a card opened (A.5). Raises Refused for a book
        that is none of the reader's."""
        self.permissions.check_book(book)
        self.act.note_facts(book=book, unit=unit, query=directory_views.as_recorded(text))

    @operation(
        "directory.card",
        label=_("open a card"),
        recorded=True,
        power=LOOKS,
        looks="watched",
        only_looks=True,
    )
    def card(self, entry: int, book: str | None = None) -> directory_views.Card:
        """Return one entry, protected values masked except those revealed in this session. Recorded; counts
        as a look at the person, and puts the entry first among those opened lately. Raises Refused, in the
        same words where there is none."""
        row = within_reach(self.act, entry, book)
        card = directory_views.card_of(self.permissions, row, self._reader(row))
        self._note_protected(row, card.fields)
        if not card.own:
            self.act.write_or_leave(partial(keep_entry, self.permissions.account, "recent", row.id))
        return replace(card, fields=self._uncovered(row, card.fields))

    @operation(
        "directory.preview", label=_("look at the entry under the cursor"), recorded=False, power=LOOKS
    )
    def preview(self, entry: int, book: str | None = None) -> EntryPreview:
        """Return, for the line of an entry that is listed, whom the person reports to, as far as the reader
        sees those, and the purpose for which something was revealed. Counted as listed. Raises Refused for
        one out of reach."""
        row = within_reach(self.act, entry, book)
        self.desk.listed.count_entries(self.act, row.book_id, [entry])
        return preview_of(self.permissions, row, self.desk.revealed)

    @operation(
        "directory.reveal",
        label=_("reveal a protected field"),
        recorded=True,
        power=LOOKS,
        looks="watched",
        shows=True,
        only_looks=True,
    )
    def reveal(
        self, entry: int, field: str, purpose: str, reason: str = "", book: str | None = None
    ) -> Shown:
        """Return the values of a protected field in clear, for a stated purpose (A.11, C.11, E.11); the
        session keeps them in clear for a while. Recorded with the purpose. Notifies the watch, recorded
        beside, where the reader was shown too many people's. Raises Refused where the purpose is none of
        work, a reason is missing, or the field takes an access request (A.13)."""
        row = within_reach(self.act, entry, book)
        policy = policy_of(row.book_id)
        check_purpose(self.act, policy, purpose, reason)
        reader, values = directory_views.reader_of(self.permissions, row), directory_views.values_of(row)
        if not reader.own:
            check_reason(self.act, policy, entry, reason)
        rule = next((rule for rule in policy.fields if rule.name == field), None)
        if rule is None or not reader.sees_field(rule) or not values.get(field):
            raise Refused(
                _("This entry has no such field for you."),
                unseen_clause(self.permissions, row, rule, reader) if rule is not None else SILENT,
                _("Press w to see why, or ask with the command `why`."),
            )
        self.act.note_facts(field=field)
        look = reader.field_look(rule)
        if look == "closed":
            raise Refused(
                _("{field} takes a granted access request.", field=rule.label),
                access_clause(self.permissions, row),
                _("Ask for access with your reason; the form says who decides."),
            )
        if not reader.own:
            tell_watch(self.act, policy, entry)
        if look == "masked":
            self.desk.revealed.keep_revealed(entry, field, values[field], StatedPurpose(purpose, reason))
        texts = tuple(in_words(rule, value) for value in values[field])
        return Shown(field, rule.label, rule.kind, texts, "open" if look == "open" else "shown", rule.clauses)

    @operation("directory.keep", label=_("keep a favourite"), recorded=True, power=LOOKS)
    def toggle_favourite(self, entry: int) -> bool:
        """Make an entry within reach one of the actor's favourites, or one of them, in reach or not, no
        longer; return whether it is one now. The record says that favourites were changed, not which. Raises
        Refused for one out of reach."""
        account = self.permissions.account
        if entry in kept_entries(account, "favourite"):
            drop_entry(account, "favourite", entry)
            return False
        within_reach(self.act, entry, None)
        self.act.facts.clear()
        keep_entry(account, "favourite", entry)
        return True

    @operation("directory.kept", label=_("list favourites"), recorded=False, power=LOOKS)
    def kept(self) -> KeptLines:
        """Return the actor's favourites, and whom they opened lately, as far as they see them, the newest
        first; they count as listed."""
        favourites, recent = (
            tuple(
                (book, line)
                for book, line in lines_kept(self.permissions, kept_entries(self.permissions.account, kind))
            )
            for kind in KINDS
        )
        for book, line in (*favourites, *recent):
            self.desk.listed.count_entries(self.act, book, [line.entry])
        return KeptLines(favourites, recent)

    @operation("directory.forget", label=_("forget whom one opened"), recorded=True, power=LOOKS)
    def forget(self) -> None:
        drop_entry(self.permissions.account, "recent")

    @operation("directory.copy", label=_("copy a contact"), recorded=True, power=LOOKS, looks="watched")
    def copy(
        self, entry: int, form: CopyForm, field: str = "", purpose: str = "", reason: str = ""
    ) -> tuple[Text, ...]:
        """Record a copy for a stated purpose, and return it line by line: the value of a ``field``, the words
        to say, a MECARD or a vCard. Of protected values those alone that the session revealed.

        Raises Refused where the regulation forbids it, where the value is masked, for a purpose that is none
        of work, and for a missing reason."""
        row = within_reach(self.act, entry, None)
        policy = policy_of(row.book_id)
        self.act.note_facts(form=form, field=field)
        against = clause_against_copies(self.permissions, policy)
        if against != "":
            raise Refused(
                _("Contacts of this directory are not copied."),
                against,
                _("Dial or write from the card; ask whoever keeps the directory for a copy that you need."),
            )
        check_purpose(self.act, policy, purpose, reason)
        reader = self._reader(row)
        if form == "words":
            return contact_card(self.permissions, row, reader, purpose).call
        fields = directory_views.card_of(self.permissions, row, reader).fields
        text = copy_contact(row, form, field, self._uncovered(row, fields))
        self._note_protected(row, fields)
        return (text,)

    @operation(
        "directory.photo",
        label=_("look at a photo"),
        recorded=True,
        power=LOOKS,
        looks="watched",
        only_looks=True,
    )
    def photo(self, entry: int) -> tuple[EvidenceFile, bytes] | None:
        """Return the photo of an entry within reach and its picture (E.4); None where the entry has none.
        Recorded as a look. Raises Refused where photos are not for the reader, whether there is one or
        not."""
        row = within_reach(self.act, entry, None)
        policy, reader = policy_of(row.book_id), self._reader(row)
        rule = next((rule for rule in policy.fields if rule.kind == "photo"), None)
        if rule is not None and not reader.shows_values(rule):
            raise Refused(
                _("Photos are not open to you here."),
                ", ".join(rule.clauses) or SILENT,
                _("Ask for access with your reason; the form says who decides."),
            )
        values = directory_views.values_of(row).get(rule.name, ()) if rule is not None else ()
        file = picture_of(values[0]) if values else None
        if rule is None or file is None:
            return None
        self.act.note_facts(field=rule.name, digest=file.digest, clause=", ".join(rule.clauses))
        self._note_protected(row, visible_fields([rule], {rule.name: values}, reader))
        return evidence_file(file), content_of(file)

    @operation("directory.purposes", label=_("list the purposes"), recorded=False, power=LOOKS)
    def purposes(self, book: str) -> tuple[Purpose, ...]:
        return purposes_of(self.permissions, book)

    @operation(
        "directory.asks_reason", label=_("ask whether a reason is needed"), recorded=False, power=LOOKS
    )
    def asks_reason(self, book: str, entry: int | None = None) -> Text | None:
        """Return why a look-up of protected values takes a reason besides its purpose: an empty text where
        the regulation has it so, the reason where ``entry`` is beyond the watch over what is shown, None
        where it takes none."""
        if book not in self.permissions.books:
            return None
        policy = self.permissions.policy(book)
        if entry is not None and is_beyond(self.act, policy, entry):
            return reason_required(policy).with_clause()
        return "" if policy.lookup.reason else None

    @operation(
        "directory.why",
        label=_("ask why something is visible"),
        recorded=True,
        power=LOOKS,
        only_looks=True,
    )
    def why(self, entry: int | None, field: str | None = None, book: str | None = None) -> Why:
        """Return why the reader sees an entry, or a field of it, or why not, with the clause. Without an
        entry, or out of reach: how far the reader sees in ``book``."""
        if entry is None:
            self.act.note_facts(book=book if book in self.permissions.books else None)
            return why_not(self.permissions, book)
        try:
            row = within_reach(self.act, entry, book)
        except Refused:
            return why_not(self.permissions, book)
        return why_yes(self.permissions, row, field)

    @operation(
        "directory.contact",
        label=_("open a contact card"),
        recorded=True,
        power=LOOKS,
        looks="watched",
        only_looks=True,
    )
    def contact(self, entry: int, purpose: str, reason: str = "", book: str | None = None) -> Contact:
        """Return how to call or write, with the words to begin with (A.14). Recorded with the purpose, and as
        shown where protected values are. Raises Refused for a purpose that is none of work, or without a
        reason where one is asked for."""
        row = within_reach(self.act, entry, book)
        check_purpose(self.act, policy_of(row.book_id), purpose, reason)
        contact = contact_card(self.permissions, row, self._reader(row), purpose)
        self._note_protected(row, (*contact.numbers, *contact.addresses))
        numbers, addresses = (self._uncovered(row, ways) for ways in (contact.numbers, contact.addresses))
        return replace(contact, numbers=numbers, addresses=addresses)

    def _count_listed(self, book: str, side: Side, lines: tuple[EntryLine, ...]) -> tuple[EntryLine, ...]:
        """Count ``lines`` as listed, and return them with their marks and with what the session revealed in
        clear. Only the actor's own favourites are marked."""
        self.desk.listed.count_entries(self.act, book, (line.entry for line in lines))
        marks = marks_of(self.permissions, book, side, lines)
        for entry in {line.entry for line in lines} & favourites_of(self.permissions):
            marks[entry] = (*marks.get(entry, ()), FAVOURITE)
        if marks:
            lines = tuple(line._replace(marks=marks.get(line.entry, ())) for line in lines)
        return self.desk.revealed.uncover_lines(book, lines)

    def _uncovered(self, row: Entry, fields: tuple[Shown, ...]) -> tuple[Shown, ...]:
        """Return ``fields`` of ``row`` with what the session revealed of them in clear."""
        return self.desk.revealed.uncover(row.book_id, row.id, fields)

    def _reader(self, row: Entry) -> FieldReader:
        """Return how the actor sees ``row``: masked beyond the watch over what is shown."""
        reader = directory_views.reader_of(self.permissions, row)
        beyond = reader.is_shown and is_beyond(self.act, policy_of(row.book_id), row.id)
        return reader.masked_reader() if beyond else reader

    def _note_protected(self, row: Entry, fields: Iterable[Shown]) -> None:
        """Record that ``fields`` of somebody else's entry show protected values, if they do."""
        own = self.permissions.own.get(row.book_id, (None, None))[0] == row.id
        if not own and any(field.look == "shown" for field in fields):
            note_shown(self.act, policy_of(row.book_id), row.id)
