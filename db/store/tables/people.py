"""Books, their units, and the people in them."""

from __future__ import annotations

from typing import ClassVar

from peewee import SQL, AutoField, BigIntegerField, BooleanField, CompositeKey, IntegerField

from db.language import Label
from db.store.moves import Moves, Moving
from db.store.tables.base import Table
from db.store.tables.columns import CharField, MomentField, SealedField, TextField, foreign_key
from db.store.tables.facts import DAY, NUMBER, ORGANISATION, ROW, UNKEPT, WORD, Personal


class Book(Table):
    """A directory under an ordered list of regulations."""

    moves: ClassVar[Moving] = {"policies": Moves.RULE, "decisions": Moves.RULE, "active": Moves.RULE}

    id = CharField(ORGANISATION, primary_key=True, max_length=64)
    title_zh = CharField(ORGANISATION)
    title_en = CharField(ORGANISATION)
    policies = TextField(
        ORGANISATION,
        help_text="JSON list of the regulations that it was made under; `BookRules` has later ones",
    )
    decisions = TextField(
        ORGANISATION, default="{}", help_text="JSON: what the organisation decided where they differ"
    )
    sort = IntegerField(default=0)
    active = BooleanField(default=True)
    made_at = MomentField(default="", help_text="empty where it was made before this was kept")

    @property
    def title(self) -> Label:
        return Label(self.title_zh, self.title_en)


class Unit(Table):
    """A node of a book's unit tree. The root stands for the whole book."""

    moves: ClassVar[Moving] = {
        "book": Moves.REACH,
        "parent": Moves.REACH,
        "side": Moves.REACH,
        "active": Moves.REACH,
        "head": Moves.ROLE,
        # Whom a copy goes to, and which rules hold of a unit, goes by these two (I.4.1).
        "region": Moves.GIVEN,
        "kind": Moves.GIVEN,
    }

    id = AutoField()
    book, book_id = foreign_key(Book, backref="units")
    parent, parent_id = foreign_key("self", null=True, backref="children")
    name = CharField(ORGANISATION)
    name_en = CharField(ORGANISATION, default="")
    side = CharField(
        ORGANISATION, default="internal", constraints=[SQL("CHECK (side IN ('internal', 'external'))")]
    )
    head = IntegerField(
        null=True, help_text="entry that headed it where offices were not kept yet; `Grant` says it now"
    )
    region = CharField(ORGANISATION, default="")
    kind = CharField(
        ORGANISATION,
        default="",
        max_length=64,
        help_text="a unit kind of the policy; empty: as the unit above",
    )
    sort = IntegerField(default=0)
    active = BooleanField(default=True)


class UnitAbove(Table):
    """Each unit with every unit above it and itself (``distance`` 0), so that a subtree is one range."""

    moves = Moves.REACH

    above, above_id = foreign_key(Unit, backref="+")
    unit, unit_id = foreign_key(Unit, backref="above")
    distance = IntegerField()

    class Meta:
        primary_key = CompositeKey("above", "unit")
        indexes = ((("unit", "distance"), True),)


class Person(Table):
    """A natural person, who may have an entry in several books."""

    moves = Moves.ENTRY

    id = AutoField()
    name = CharField(Personal(NUMBER))


class Entry(Table):
    """A person's or an outside contact's record in one book."""

    moves: ClassVar[Moving] = {
        "book": Moves.REACH,
        "unit": Moves.REACH,
        "inside_owner": Moves.REACH,
        # Whoever signs in as the person sees and does what the person's entries give them.
        "person": Moves.REACH,
        "bound_at": Moves.REACH,
        "name": Moves.ENTRY,
        "position": Moves.ENTRY,
        "kind": Moves.ENTRY,
        "state": Moves.ENTRY,
        "organisation": Moves.ENTRY,
        "joined": Moves.ENTRY,
        "left": Moves.ENTRY,
        "verified_at": Moves.ENTRY,
    }

    id = AutoField()
    book, book_id = foreign_key(Book, backref="entries")
    person, person_id = foreign_key(Person, to_person=1, backref="entries")
    bound_at = MomentField(null=True, help_text="since when it is of a person who was on record before it")
    waited_as = IntegerField(null=True, help_text="the person of its own that it had until then")
    unit, unit_id = foreign_key(Unit, backref="entries")
    name = CharField(Personal(NUMBER))
    position = CharField(Personal(""), default="")
    kind = CharField(WORD, help_text="id of an entry kind of the book's policy")
    state = CharField(
        WORD,
        default="active",
        constraints=[SQL("CHECK (state IN ('pending', 'active', 'left'))")],
    )
    organisation = CharField(Personal(""), default="", help_text="an outside contact's own organisation")
    inside_owner = IntegerField(
        null=True, help_text="entry of the employee who answers for an outside contact"
    )
    joined = CharField(Personal(None), null=True, max_length=10)
    left = CharField(DAY, null=True, max_length=10, index=True)
    ended_at = MomentField(null=True, help_text="since when its person holds nothing by it (`LastDay`)")
    version = IntegerField(default=1, help_text="counts the applied changes")
    updated_at = MomentField()
    verified_at = MomentField(null=True)

    class Meta:
        indexes = ((("unit", "state", "name"), False), (("book", "person"), False))


class EntryField(Table):
    """One value of an entry. Protected fields are sealed; the others are plain."""

    moves = Moves.ENTRY

    id = AutoField()
    entry, entry_id = foreign_key(Entry, to_person=1, backref="fields")
    name = CharField(Personal(ROW), max_length=64, help_text="name of a field of the book's policy")
    ord = IntegerField(default=0, help_text="position among several values of the field")
    value = TextField(Personal(ROW), null=True)
    sealed = SealedField(Personal(ROW), "entry_id", "name", "ord", null=True)
    source = CharField(Personal(ROW), default="", help_text="where the value came from (C.8)")
    verifier = IntegerField(null=True, help_text="account that checked the value (C.8)")
    verified_at = MomentField(null=True)

    class Meta:
        indexes = ((("entry", "name", "ord"), True),)


class EntryTag(Table):
    """A tag of the book's policy that an entry carries (F.3.2, I.4.1.1)."""

    moves = Moves.GIVEN

    entry, entry_id = foreign_key(Entry, to_person=1, backref="tags")
    tag = CharField(Personal(ROW), max_length=64)

    class Meta:
        primary_key = CompositeKey("entry", "tag")


class SearchKey(Table):
    """A string that finds an entry's line, once for each unit above it (`db.store.searchkeys`)."""

    moves = None

    scope = IntegerField(help_text="a unit; the book's root stands for the whole book")
    key = CharField(UNKEPT)
    line = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("scope", "key", "line")


class SearchLine(Table):
    """What a list shows of an entry, in one row, in the order in which lists are read."""

    moves = None

    line = BigIntegerField(primary_key=True, help_text="the entry's place in pinyin's order, and its id")
    content = TextField(UNKEPT, help_text="open parts, joined by U+001F (`db.desk.entry.lines`)")
    sealed = SealedField(UNKEPT, "line", null=True, help_text="protected parts")


class SearchEntry(Table):
    """What `search_key` holds of an entry, so that exactly this can be taken away again."""

    moves = None

    entry = IntegerField(primary_key=True)
    line = BigIntegerField()
    scopes = TextField(UNKEPT, help_text="scopes of its open keys, joined by commas")
    root = IntegerField(help_text="scope of its blind keys")
    keys = TextField(UNKEPT, help_text="joined by line feeds")

    class Meta:
        indexes = ((("root", "line"), False),)
