"""Photos of entries: a picture of the requester's tray, which the request then rests on (E.4).

The value of a photo's field is the number of a file that lies sealed among the evidence; whoever decides
on the request opens it there, whoever sees the entry through `directory.photo`.
"""

from __future__ import annotations

from collections.abc import Mapping

from db.desk.refusal import Problem
from db.language import _
from db.policy.effective import EffectivePolicy
from db.store.tables import Evidence

PICTURES = ("image/png", "image/jpeg")


def photos(policy: EffectivePolicy, after: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Of new values those that are photos: field -> file."""
    kinds = {rule.name: rule.kind for rule in policy.fields}
    return {name: values[0] for name, values in after.items() if values and kinds.get(name) == "photo"}


def unfit_photos(pictures: Mapping[str, str], account: int) -> tuple[Problem, ...]:
    """A problem for each that is no picture in the tray of ``account``."""
    own = {
        row.id
        for row in Evidence.select(Evidence.id).where(
            Evidence.id.in_(list(pictures.values()))
            & (Evidence.account == account)
            & Evidence.media_type.in_(PICTURES)
        )
    }
    message = _("Choose a picture from your tray.")
    return tuple(Problem(name, message) for name, file in pictures.items() if file not in own)


def picture_of(file: str) -> Evidence | None:
    """The stored picture of that number; None for any other kind of file."""
    found: Evidence | None = Evidence.get_or_none((Evidence.id == file) & Evidence.media_type.in_(PICTURES))
    return found
