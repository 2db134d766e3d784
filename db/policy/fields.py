"""Fields that can't be kept, or can't hold, what a policy file says of them."""

from __future__ import annotations

from collections.abc import Iterator

from db.language import _
from db.policy.named_roles import blind_roles, role_behind
from db.policy.regulation import Regulation
from db.policy.rules import Fault
from db.policy.schema.book import StatedField

LISTED = {
    "name": "name",
    "position": "text",
    "unit": "unit",
    "organisation": "text",
    "inside_owner": "person",
}
"""What every list, search and form shows of an entry by itself, and the kind that it is in every book."""

ONLY_OF_PEOPLE = ("private", "multiple", "consent", "edited_by", "visible_to", "applies_to")
"""Keys that mean nothing of the contacts of a department."""


def unfit_fields(regulation: Regulation) -> Iterator[Fault]:
    """Yield a fault, at its key, for each setting of a field that contradicts another or means nothing there:
    its visibility, consent, choices, and what every list shows of it."""
    yield from _Fields(regulation).all()


class _Fields:
    def __init__(self, regulation: Regulation) -> None:
        self.regulation = regulation
        self._at = regulation.fault
        self.file = regulation.file
        stated = {self._role(scope.role): scope for scope in self.file.scopes if scope.side != "external"}
        self.blind = blind_roles(self.file)
        self.hidden = {role for role, scope in stated.items() if scope.protected == "hidden"}

    def all(self) -> Iterator[Fault]:
        for number, field in enumerate(self.file.fields):
            yield from self._check_listed(number, field)
            yield from self._check_visibility(number, field)
            yield from self._on_consent(number, field)
        for section in ("fields", "unit_fields"):
            for number, field in enumerate(getattr(self.file, section)):
                yield from self._choices(section, number, field)
        for number, _field in enumerate(self.file.unit_fields):
            for key in ONLY_OF_PEOPLE:
                if self._is_stated("unit_fields", number, key):
                    message = _("This means nothing of a department's contacts: leave {name} out.", name=key)
                    yield self._at(message, "unit_fields", number, key)

    def _check_listed(self, number: int, field: StatedField) -> Iterator[Fault]:
        """Yield a fault for each key that restricts or changes what lists show of everybody."""
        kind = LISTED.get(field.name)
        if kind is None:
            return
        for key, holds in (
            ("visible_to", field.visible_to is not None), ("protected", field.protected),
            ("private", field.private), ("multiple", field.multiple),
        ):  # fmt: skip
            if holds:
                message = _(
                    "{field} is in every list, with one value, for everyone who sees the "
                    "entry: leave {name} out. How far each role sees is said by scopes.",
                    field=field.name,
                    name=key,
                )
                yield self._at(message, "fields", number, key)
        if field.kind != kind:
            message = _(
                "{field} is of the kind {kind} in every directory: leave kind out.",
                field=field.name,
                kind=kind,
            )
            yield self._at(message, "fields", number, "kind")
        if field.name in ("name", "unit") and field.applies_to:
            message = _("Every entry has {field}: leave applies_to out.", field=field.name)
            yield self._at(message, "fields", number, "applies_to")

    def _on_consent(self, number: int, field: StatedField) -> Iterator[Fault]:
        """Yield a fault where consent is asked for a field that is required or that every list shows."""
        if (
            self._is_stated("fields", number, "consent")
            and field.consent
            and (field.required or field.name in LISTED)
        ):
            message = _(
                "{field} is required, or in every list, so nobody can take their consent back: "
                "leave {name} out.",
                field=field.name,
                name="consent",
            )
            yield self._at(message, "fields", number, "consent")

    def _check_visibility(self, number: int, field: StatedField) -> Iterator[Fault]:
        if field.private and field.visible_to is None and field.name not in LISTED:
            message = _(
                "Who sees {field}, which is private? Add visible_to, such as "
                'visible_to = ["self", "maintainer"], with whoever else may.',
                field=field.name,
            )
            yield self._at(message, "fields", number, "private")
        words = field.visible_to or ()
        if "everyone" in words and len(words) > 1:
            message = _("Everyone, or those who are named? Keep one of the two.")
            yield self._at(message, "fields", number, "visible_to")
        for word in words:
            role = self._role(word)
            if role in self.blind:
                message = _(
                    "The scope of {role} shows nothing of the directory, so this opens nothing to "
                    "{role}. Give it another scope, or leave it out here.",
                    role=word,
                )
                yield self._at(message, "fields", number, "visible_to")
            elif field.protected and role in self.hidden:
                message = _(
                    "The scope of {role} hides protected fields, so this opens nothing to {role}. Give it "
                    'protected = "reveal", or leave it out here.',
                    role=word,
                )
                yield self._at(message, "fields", number, "visible_to")

    def _choices(self, section: str, number: int, field: StatedField) -> Iterator[Fault]:
        if field.kind != "choice" and field.choices:
            message = _('Only a field of kind = "choice" has choices: write that kind, or leave choices out.')
            yield self._at(message, section, number, "choices")
        ids = [choice.id for choice in field.choices]
        for place, one in enumerate(ids):
            if one in ids[:place]:
                message = _("There are two choices with the id {id}: give each its own.", id=one)
                yield self._at(message, section, number, "choices", place)

    def _is_stated(self, *path: str | int) -> bool:
        """Return whether the file itself states the key; the catalogue may have added it."""
        return path in self.regulation.lines

    def _role(self, word: str) -> str:
        return role_behind(self.file, word)
