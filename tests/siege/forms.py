"""Operations that are asked with a whole: what a form of the desk holds, rows of a file, a decision on what
waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from db.desk import Desk
from db.desk.authority.permissions import policy_of
from db.desk.reviews.reviews import Reviews
from db.store.engine import database
from tests.siege import files
from tests.siege.acts import Made, Ref
from tests.siege.files import Given
from tests.siege.lists import LISTED_TOGETHER, CannotAsk, opened, own_returned

if TYPE_CHECKING:
    from tests.siege.arguments import Drawer


class Untaught(CannotAsk):
    """Nothing is known of a parameter: `words` has to be told what it is."""


def _evidence(draw: Drawer) -> list[Ref]:
    return [Ref("file", draw.chance.randrange(1, 3))]


def _ask(draw: Drawer, desk: Desk) -> Given:
    offers = opened(desk.asking.offers)
    if not offers:
        raise CannotAsk("offers")
    offer = draw.chance.choice(offers)
    form = opened(lambda: desk.asking.form(offer.id, offer.book))
    asked = draw.typed(form.fields, {"name": draw.name} if offer.id == "access" else {})
    return {
        "offer": offer.id,
        "book": offer.book,
        "asked": asked,
        "reason": "工作需要",
        "evidence": _evidence(draw),
    }


def _amend(draw: Drawer, desk: Desk) -> Given:
    request = own_returned(draw, desk)
    form = opened(lambda: desk.asking.amendment(request.id))
    as_before = {one.name: one.value for one in form.fields if one.editable}
    return {
        "request": request,
        "asked": as_before if draw.chance.random() < 0.5 else draw.typed(form.fields),
        "reason": "更正",
        "evidence": _evidence(draw),
    }


def _change(draw: Drawer, desk: Desk) -> Given:
    entry = draw.row("entry")
    form = opened(lambda: desk.changes.form(entry.id))
    some = [one for one in form.fields if one.editable]
    if not some:
        raise CannotAsk("fields")
    asked = draw.typed(draw.chance.sample(some, 1))
    return {
        "entry": entry,
        "version": Ref("version", entry.id),
        "asked": asked,
        "reason": "换号",
        "evidence": _evidence(draw),
    }


def _changes(draw: Drawer, desk: Desk) -> Given:
    one = _change(draw, desk)
    return {
        "asked": {one["entry"]: one["asked"]},
        "reason": one["reason"],
        "evidence": one["evidence"],
        "batch": "a" * 16,
    }


def _change_amended(draw: Drawer, desk: Desk) -> Given:
    request = own_returned(draw, desk)
    form = opened(lambda: desk.changes.amendment(request.id))
    some = [one for one in form.fields if one.editable]
    asked = draw.typed(draw.chance.sample(some, 1))
    return {
        "request": request,
        "version": Ref("version", form.entry),
        "asked": asked,
        "reason": "更正",
        "evidence": _evidence(draw),
    }


def _join(draw: Drawer, desk: Desk) -> Given:
    book = draw.book()
    form = opened(
        lambda: desk.lifecycle.join_form(book, None, draw.chance.choice(("internal", "internal", "external")))
    )
    typed = draw.typed(form.fields)
    kind = typed.get("kind") or form.kind
    values = {
        one.name: typed[one.name]
        for one in form.values
        if one.name in typed and (not one.kinds or kind in one.kinds)
    }
    unit = Ref("unit", draw.chance.choice(form.units).id) if form.units else draw.row("unit")
    given = {
        "book": book, "kind": kind, "unit": unit, "joined": draw.day(), "values": values, "reason": "入职",
        "evidence": _evidence(draw),
    }  # fmt: skip
    return {"asked": Made("JoinAsked", given)}


def _move(draw: Drawer, desk: Desk) -> Given:
    entry = draw.row("entry")
    form = opened(lambda: desk.lifecycle.move_form(entry.id))
    unit = Ref("unit", draw.chance.choice(form.units).id) if form.units else draw.row("unit")
    given = {
        "entry": entry, "version": Ref("version", entry.id), "unit": unit, "position": "新职务",
        "day": draw.day(),
        "reason": "调岗", "evidence": _evidence(draw),
    }  # fmt: skip
    return {"asked": Made("MoveAsked", given)}


def _leave(draw: Drawer, desk: Desk) -> Given:
    returned = [
        row.id for row in opened(desk.requests.mine) if (row.kind, row.state) == ("leave", "returned")
    ]
    if returned and draw.chance.random() < 0.5:
        (entry,) = database.execute_sql(
            f"SELECT entry_id FROM request WHERE id = {database.param}", (returned[0],)
        ).fetchone()
        given = {
            "entry": Ref("entry", entry),
            "day": draw.day(),
            "reason": "更正",
            "evidence": _evidence(draw),
        }
        return {"asked": Made("LeaveAsked", given), "amends": Ref("request", returned[0])}
    entry = draw.row("entry")
    form = opened(lambda: desk.lifecycle.leave_form(entry.id))
    given = {"entry": entry, "day": draw.day(), "reason": "离职", "evidence": _evidence(draw)}
    if any(one.name == "successor" for one in form.fields):
        given["successor"] = draw.name()
    return {"asked": Made("LeaveAsked", given)}


def _account(draw: Drawer, _desk: Desk) -> Given:
    login = f"puppet{draw.chance.randrange(1, 5)}"
    without = database.execute_sql(
        "SELECT e.id FROM entry e WHERE e.state = 'active' AND NOT EXISTS (SELECT 1 FROM account a "
        f"WHERE a.person_id = e.person_id) AND e.book_id = {database.param} ORDER BY e.id",
        (draw.gang.holder.book,),
    ).fetchall()
    some = [one for (one,) in without] if draw.chance.random() < 0.7 else []
    return {
        "entry": Ref("entry", draw.chance.choice(some)) if some else draw.row("entry"),
        "login": login,
        "activation": Ref("code", 0),
        "until": Ref("hours", 71),
    }


def _decision(draw: Drawer, desk: Desk) -> Given:
    request = draw.row("request", desk)
    return {"request": request, "digest": Ref("digest", request.id), "comment": "同意"}


def _decisions(comment: bool) -> Callable[[Drawer, Desk], Given]:
    def decide(draw: Drawer, desk: Desk) -> Given:
        request = draw.row("request", desk)
        return {
            "chosen": [[request, Ref("digest", request.id)]],
            **({"comment": "不同意"} if comment else {}),
        }

    return decide


def _rows(draw: Drawer, desk: Desk) -> Given:
    book = draw.book()
    joined = _join(draw, desk)["asked"].given
    policy = policy_of(book)
    headings = {rule.name: rule.label.zh for rule in policy.fields}
    unit = database.execute_sql(
        f"SELECT name FROM unit WHERE id = {database.param}", (joined["unit"].id,)
    ).fetchone()[0]
    values = {name: value for name, value in joined["values"].items() if name in headings} | {"unit": unit}
    headings["unit"] = "部门"
    return {
        "book": book, "rows": [[headings[name] for name in values], list(values.values())],
        "source": Made("Source", {"name": "新.csv", "digest": "0" * 64}),
    }  # fmt: skip


def _delegated(draw: Drawer, desk: Desk) -> Given:
    roles = opened(desk.delegation.roles)
    if not roles:
        raise CannotAsk("roles")
    chosen = draw.chance.choice(roles)
    days = sorted((draw.day(), draw.day()))
    return {
        "role": chosen.role,
        "book": chosen.book,
        "to": draw.row("account"),
        "from_day": days[0],
        "until_day": days[1],
        "reason": "出差",
    }


def _granted(draw: Drawer, _desk: Desk) -> Given:
    book = draw.book()
    unit = draw.row("unit") if draw.chance.random() < 0.3 else None
    return {
        "account": draw.row("account"),
        "book": book,
        "role": draw.word("roles", book),
        "unit": unit,
        "until": None,
    }


def _decided_item(draw: Drawer, desk: Desk) -> Given:
    campaign = draw.row("campaign", desk)
    items = opened(lambda: Reviews(desk).items(campaign.id))
    if not items:
        raise CannotAsk("items")
    item = draw.chance.choice(items)
    verdict = draw.chance.choice(("right", "corrected", "removed", "removed"))
    return {"campaign": campaign, "item": Ref("review_item", item.id), "verdict": verdict, "word": "已核对"}


def _decided_rest(draw: Drawer, desk: Desk) -> Given:
    one = _decided_item(draw, desk)
    version = draw.chance.choice((1, 2, None))
    return {"campaign": one["campaign"], "drawn": [[one["item"], version]]}


def _accepted(_draw: Drawer, desk: Desk) -> Given:
    due = opened(desk.me.undertakings)
    if not due:
        raise CannotAsk("undertakings")
    return {"policy": due[0].policy, "version": due[0].version}


def _notice(_draw: Drawer, desk: Desk) -> Given:
    due = opened(desk.privacy.notices_due)
    if not due:
        raise CannotAsk("notices at collection")
    return {"book": due[0].book, "version": due[0].version}


def _optional(draw: Drawer, desk: Desk) -> Given:
    held = [one for one in opened(desk.privacy.optional) if one.value]
    if not held:
        raise CannotAsk("optional data")
    one = draw.chance.choice(held)
    return {"book": one.book, "field": one.field}


def _tagged(draw: Drawer, desk: Desk) -> Given:
    """A tag that somebody carries, off; or any on or off anybody."""
    carried = database.execute_sql("SELECT entry_id, tag FROM entry_tag ORDER BY 1, 2").fetchall()
    if carried and draw.chance.random() < 0.5:
        entry, tag = draw.chance.choice(carried)
        return {"entry": Ref("entry", entry), "tag": tag, "on": False}
    tag = draw.word("tags", draw.gang.holder.book)
    return {"entry": draw.row("entry", desk), "tag": tag, "on": draw.chance.random() < 0.7}


def _rows_alone(draw: Drawer, desk: Desk) -> Given:
    """A file that nobody names."""
    return {name: value for name, value in _rows(draw, desk).items() if name != "source"}


COMPOSED: dict[str, Callable[[Drawer, Desk], Given]] = {
    "asking.ask": _ask, "asking.amend": _amend, "changes.submit": _change, "changes.amend": _change_amended,
    "changes.submit_many": _changes,
    "lifecycle.join": _join, "lifecycle.expect": _join, "lifecycle.check_join": _join,
    "lifecycle.move": _move, "lifecycle.leave": _leave, "accounts.create": _account,

    "queue.approve": _decision, "queue.return": _decision, "queue.reject": _decision,
    "queue.approve_many": _decisions(False), "queue.return_many": _decisions(True),
    "queue.reject_many": _decisions(True), "calendar.add": files.days_off,
    "policies.create_book": files.new_book, "importing.load": _rows,
    "importing.check": _rows, "importing.view": _rows_alone,
    "importing.submit": _rows, "sorting.tag": _tagged, "training.load": files.trained,
    "delegation.delegate": _delegated, "accounts.grant": _granted, "reviews.decide": _decided_item,
    "reviews.decide_rest": _decided_rest,
    "todo.window": lambda _draw, _desk: {"chosen": {}},
    "todo.keep": lambda draw, _desk: {
        "chosen": {"due": frozenset({draw.chance.choice(["overdue", "week"])})}
    },
    "me.accept": _accepted, "privacy.accept_notice": _notice, "privacy.withdraw": _optional,
    **LISTED_TOGETHER,
}  # fmt: skip
"""Operations that are asked with what a form or a list says, as a whole."""
