"""Photos of entries: a picture of the requester's tray, which the request then rests on (E.4).

The value of a photo's field is the number of a file that lies sealed among the evidence; whoever decides
on the request opens it there, whoever sees the entry through `directory.photo`.
"""

from __future__ import annotations

from collections.abc import Mapping

from db.confined.answers import PHOTO
from db.confined.reading import read
from db.confined.refusal_words import REASONS
from db.confined.why import Unreadable
from db.desk.refusal import Problem
from db.desk.requests.files import MAX_BYTES, content_of, replace_content
from db.language import Message, _
from db.policy.effective import EffectivePolicy
from db.store.tables import Evidence, RequestEvidence

PICTURES = ("image/png", "image/jpeg")


def photos(policy: EffectivePolicy, after: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Pick the photos among new values: field -> number of the file. The first counts."""
    kinds = {rule.name: rule.kind for rule in policy.fields}
    return {name: values[0] for name, values in after.items() if values and kinds.get(name) == "photo"}


def unfit_photos(pictures: Mapping[str, str], account: int) -> tuple[Problem, ...]:
    """Return a problem for each file that is no picture in the tray of ``account``."""
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


def make_bare(pictures: Mapping[str, str]) -> tuple[Problem, ...]:
    """Replace each picture in the tray by a copy without hidden data (place, device, time). Return a problem
    for each that can't be read, is too large afterwards, or is attached to a request already."""
    return tuple(
        Problem(name, message)
        for name, file in pictures.items()
        if (message := _made_bare(Evidence.get_by_id(file))) is not None
    )


def _made_bare(row: Evidence) -> Message | None:
    try:
        made = read(PHOTO, content_of(row))
    except Unreadable as unreadable:
        return REASONS[unreadable.why]
    if not made:
        return None
    if RequestEvidence.select().where(RequestEvidence.evidence == row.id).exists():
        return _(
            "A request rests on this picture as it is. Add it to your tray once more, and choose that one."
        )
    if len(made) > MAX_BYTES:
        return _("The file is larger than 5 MB.")
    replace_content(row, made)
    return None


def picture_of(file: str) -> Evidence | None:
    found: Evidence | None = Evidence.get_or_none((Evidence.id == file) & Evidence.media_type.in_(PICTURES))
    return found
