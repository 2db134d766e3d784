"""Pick-up codes as they are made and typed: 40 bits, good for minutes, once, from one source
(`db.desk.accounts.pickups`)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import replace

from auth.codes import ALPHABET, digest_of
from db.desk import Actor, Desk
from db.desk.accounts.pickups import PickupView, redeem_pickup

LENGTH = 8
SHAPE = re.compile(r"[0-9A-Za-z]{4}[- ]?[0-9A-Za-z]{4}", re.ASCII)
"""Shorter than any password, so that whoever types one is asked nothing more."""
COMMANDS = frozenset({"get", "put"})
"""The commands that a sign-in by a pick-up code may run."""


def is_pickup_code(typed: str) -> bool:
    """Return whether the text typed as password has the form of a pick-up code. Looks nothing up."""
    return SHAPE.fullmatch(typed.strip()) is not None


def make_pickup(
    desk: Desk, words: Sequence[str], file: str, *, coming: bool = False, instead: str = ""
) -> tuple[str, PickupView]:
    """Store and record a pick-up code that runs the command ``words`` once, from the actor's source. Return
    it, to be shown once, and its view. Ends the one numbered ``instead``, and the oldest open ones beyond the
    most. Raises Refused."""
    letters = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
    made = desk.pickups.make(digest_of("pickup", letters), words, file, coming=coming, instead=instead)
    return f"{letters[:4]}-{letters[4:]}", made


def redeem_code(account: int, source: str, typed: str) -> str | None:
    """Use up the account's open code ``typed`` at ``source``, in the running transaction. Return its number;
    count a wrong try and return None if none fits."""
    return redeem_pickup(account, source, digest_of("pickup", typed.strip()))


def for_its_command(actor: Actor, argv: Sequence[str]) -> Actor:
    """Return ``actor`` with full strength if signed in by a pick-up code and ``argv`` is the code's command;
    else unchanged."""
    is_its_own = actor.strength == "pickup" and argv[:1] and argv[0] in COMMANDS
    return replace(actor, strength="full") if is_its_own else actor
