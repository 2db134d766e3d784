"""The kinds of power over people that a row of the record can give, take or show.

Every table says which of them its columns move (`Table.moves`), every operation and every kind of request
which it moves (`db.desk.power`); before a transaction is committed the two are held against each other.
"""

from collections.abc import Mapping
from enum import StrEnum


class Moves(StrEnum):
    """What of a person's standing is moved."""

    ROLE = "role"
    """What somebody may decide: rights, offices, who stands in."""
    ACCOUNT = "account"
    """Whether somebody may sign in: accounts made, shut and opened, sessions ended."""
    CODE = "code"
    """What somebody signs in with: passwords, authenticators, codes."""
    REACH = "reach"
    """Whom and what somebody sees: look-ups granted, where an entry stands, which rules a book has."""
    GIVEN = "given"
    """Who gets copies: editions, disclosures, and the tags and kinds of units that recipients follow from."""
    ENTRY = "entry"
    """What is said of somebody in their entry."""
    RULE = "rule"
    """What binds everybody: regulations, decisions on a book, the calendar."""
    RECORD = "record"
    """What is kept of somebody, how long, and what is destroyed."""
    DUTY = "duty"
    """What somebody has to do, by when, and whether they were late."""
    SANCTION = "sanction"
    """What somebody is blamed or praised for: cases, findings, sanctions."""


Moving = Moves | Mapping[str, Moves] | None
"""What a table's rows move: all of them one kind; column by column, where a row that comes or goes counts for
each column that it fills, and columns that are not named move nothing; or nothing."""
