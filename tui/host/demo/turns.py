"""How a request goes on: decisions as the queue's screen makes them, and what its author does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from db.desk import Desk
from tui.host.demo.script import Turn
from tui.host.demo.stage import Stage

Amend = Callable[[Desk, str], None]
"""Hands a returned request in again, with a word."""


def go_on(stage: Stage, turns: Sequence[Turn], made: list[int], amend: Amend) -> None:
    for act, by, ago, hour, word in turns:
        stage.schedule_act((ago, hour), partial(_take_turn, stage, by, act, made, word, amend))


def _take_turn(stage: Stage, by: str, act: str, made: list[int], word: str, amend: Amend) -> None:
    """Withdraw, amend or decide the request as ``by``; an approver first reads it and opens its evidence.
    Nothing if it took effect at once."""
    desk, request = stage.desk(by), made[0]
    if not request:
        return  # it was done at once
    if act == "withdraw":
        desk.requests.withdraw(request)
        return
    if act == "amend":
        amend(desk, word)
        return
    view = desk.queue.one(request)
    for file in view.evidence:
        desk.evidence.open(file.id)
    match act:
        case "approve":
            desk.queue.approve(request, view.digest, word)
        case "return":
            desk.queue.return_(request, view.digest, word)
        case "reject":
            desk.queue.reject(request, view.digest, word)
