"""Books, their units, and the people in them."""

from __future__ import annotations

from peewee import (
    SQL,
    AutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from db.store.tables.base import SealedField, Table


class Book(Table):
    """A directory under an ordered list of regulations."""

    id = CharField(primary_key=True, max_length=64)
    title_zh = CharField()
    title_en = CharField()
    policies = TextField(help_text="JSON list of policy ids, in order of precedence")
    decisions = TextField(default="{}", help_text="JSON: what the organisation decided where policies differ")
    sort = IntegerField(default=0)
    active = BooleanField(default=True)
    made_at = CharField(max_length=27, default="", help_text="empty where it was made before this was kept")


class Unit(Table):
    """A node of a book's unit tree. The root stands for the whole book."""

    book_id: str
    parent_id: int | None

    id = AutoField()
    book = ForeignKeyField(Book, backref="units")
    parent = ForeignKeyField("self", null=True, backref="children")
    name = CharField()
    name_en = CharField(default="")
    side = CharField(default="internal", constraints=[SQL("CHECK (side IN ('internal', 'external'))")])
    head = IntegerField(null=True, index=True, help_text="entry that heads the unit")
    region = CharField(default="")
    kind = CharField(
        default="", max_length=64, help_text="a unit kind of the policy; empty: as the unit above"
    )
    sort = IntegerField(default=0)
    active = BooleanField(default=True)


class UnitAbove(Table):
    """Each unit with every unit above it and itself (``distance`` 0), so that a subtree is one range."""

    above_id: int
    unit_id: int

    above = ForeignKeyField(Unit, backref="+")
    unit = ForeignKeyField(Unit, backref="above")
    distance = IntegerField()

    class Meta:
        primary_key = CompositeKey("above", "unit")
        indexes = ((("unit", "distance"), True),)


class Person(Table):
    """A natural person, who may have an entry in several books."""

    id = AutoField()
    name = CharField()


class Entry(Table):
    """A person's or an outside contact's record in one book."""

    book_id: str
    person_id: int
    unit_id: int

    id = AutoField()
    book = ForeignKeyField(Book, backref="entries")
    person = ForeignKeyField(Person, backref="entries")
    unit = ForeignKeyField(Unit, backref="entries")
    name = CharField()
    position = CharField(default="")
    kind = CharField(help_text="id of an entry kind of the book's policy")
    state = CharField(
        default="active", constraints=[SQL("CHECK (state IN ('pending', 'active', 'left'))")], index=True
    )
    organisation = CharField(default="", help_text="an outside contact's own organisation")
    inside_owner = IntegerField(
        null=True, help_text="entry of the employee who answers for an outside contact"
    )
    joined = CharField(null=True, max_length=10)
    left = CharField(null=True, max_length=10)
    version = IntegerField(default=1, help_text="counts the applied changes")
    updated_at = CharField(max_length=27)
    verified_at = CharField(null=True, max_length=27)

    class Meta:
        indexes = ((("unit", "state", "name"), False), (("book", "person"), False))


class EntryField(Table):
    """One value of an entry. Protected fields are sealed; the others are plain."""

    entry_id: int

    id = AutoField()
    entry = ForeignKeyField(Entry, backref="fields")
    name = CharField(max_length=64, help_text="name of a field of the book's policy")
    ord = IntegerField(default=0, help_text="position among several values of the field")
    value = TextField(null=True)
    sealed = SealedField(null=True)
    source = CharField(default="", help_text="where the value came from (C.8)")
    verifier = IntegerField(null=True, help_text="account that checked the value (C.8)")
    verified_at = CharField(null=True, max_length=27)

    class Meta:
        indexes = ((("entry", "name", "ord"), True),)

    @staticmethod
    def place(entry: int, name: str, ord: int) -> str:
        """What a sealed value of this table is bound to."""
        return f"entry_field:{entry}:{name}:{ord}:sealed"


class EntryTag(Table):
    """A tag of the book's policy that an entry carries (F.3.2, I.4.1.1)."""

    entry_id: int

    entry = ForeignKeyField(Entry, backref="tags")
    tag = CharField(max_length=64)

    class Meta:
        primary_key = CompositeKey("entry", "tag")


class SearchKey(Table):
    """A string that finds an entry's line, once for each unit above it (`db.store.searchkeys`)."""

    scope = IntegerField(help_text="a unit; the book's root stands for the whole book")
    key = CharField()
    line = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("scope", "key", "line")


class SearchLine(Table):
    """What a list shows of an entry, in one row, in the order in which lists are read."""

    line = BigIntegerField(primary_key=True, help_text="the entry's place in pinyin's order, and its id")
    content = TextField(help_text="open parts, joined by U+001F (`db.desk.entry.lines`)")
    sealed = SealedField(null=True, help_text="protected parts")

    @staticmethod
    def place(line: int) -> str:
        """What the sealed parts are bound to."""
        return f"search_line:{line}:sealed"


class SearchEntry(Table):
    """What `search_key` holds of an entry, so that exactly this can be taken away again."""

    entry = IntegerField(primary_key=True)
    line = BigIntegerField()
    scopes = TextField(help_text="scopes of its open keys, joined by commas")
    root = IntegerField(help_text="scope of its blind keys")
    keys = TextField(help_text="joined by line feeds")
