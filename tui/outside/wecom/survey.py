"""Who is missing on which side, and in whom which fields differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from db.desk.entry.systems import synced_books
from db.desk.outside.people import OutsidePerson, left_accounts, outside_people
from db.desk.outside.survey import UNPLACED, OutsideDifference, note_survey
from db.store.settings import WeComSettings
from tui.outside.wecom.client import MAY_NOT_READ, Client, WeComError
from tui.outside.wecom.departments import WeComDepartments
from tui.outside.wecom.fields import differing_fields


def survey(client: Client, settings: WeComSettings, books: Sequence[str]) -> None:
    """Fetch all members, compare each of ``books`` with them, and store and record the differences. Where the
    secret may not read members, compare with what was last told. Raises WeComError, NotNow."""
    ids = set(client.member_ids())
    there = _members(client, settings)
    departments = WeComDepartments(client, settings.department) if there is not None else None
    known = {book: outside_people(book) for book in synced_books()}
    ours = {told.account for people in known.values() for told in people}
    left = left_accounts()
    for place, book in enumerate(known):
        if book not in books:
            continue
        found = [_difference(told, ids, there, departments, settings) for told in known[book]]
        strangers = [
            OutsideDifference("missing-here", left[account].entry, account, _name(there, account))
            if account in left
            else OutsideDifference("missing-here", None, account, _name(there, account))
            for account in sorted(ids - ours)
            if (left[account].book == book if account in left else place == 0)
        ]
        note_survey(
            book,
            [*(one for one in found if one is not None), *strangers],
            here=len(known[book]),
            there=len(ids),
            by_digest=there is None,
            taken_up=[told for told in known[book] if _was_there(told, there)],
        )


def _was_there(told: OutsidePerson, there: Mapping[str, Mapping[str, Any]] | None) -> bool:
    """Return whether ``told``, of whom WeCom was never told, is there already under the same account and
    name."""
    return not told.known and there is not None and _name(there, told.account) == told.values["name"]


def _members(client: Client, settings: WeComSettings) -> dict[str, Mapping[str, Any]] | None:
    """Fetch all members in full, by account; None if the secret may not read them. Raises WeComError,
    NotNow."""
    try:
        return {str(one["userid"]): one for one in client.members(settings.department)}
    except WeComError as problem:
        if problem.code in MAY_NOT_READ:
            return None
        raise


def _difference(
    told: OutsidePerson,
    ids: set[str],
    there: Mapping[str, Mapping[str, Any]] | None,
    departments: WeComDepartments | None,
    settings: WeComSettings,
) -> OutsideDifference | None:
    unplaced = (UNPLACED,) if departments is not None and not departments.has(told.places) else ()
    if told.account not in ids:
        return OutsideDifference("missing-there", told.entry, told.account, fields=unplaced)
    if there is None or departments is None:
        return None if told.sent == told.digest else OutsideDifference("differs", told.entry, told.account)
    one = there.get(told.account)
    if one is None:
        return None
    paths = [departments.path(number) for number in one.get("department", ())]
    ours = tuple(place.name for place in told.places)
    fields = differing_fields(told, one, ours if ours in paths else next(iter(paths), ()), settings)
    if unplaced:
        fields = (*(field for field in fields if field != "unit"), *unplaced)
    return OutsideDifference("differs", told.entry, told.account, fields=fields) if fields else None


def _name(there: Mapping[str, Mapping[str, Any]] | None, account: str) -> str:
    return str(there[account].get("name", "")) if there is not None and account in there else ""
