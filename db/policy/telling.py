"""What the rules of one policy are told with: its roles, its fields, and what it calls a unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from db.language import Label, Message, Text, _, say
from db.policy.effective import EffectivePolicy
from db.policy.schema.book import Selector
from db.policy.vocabulary import SECOND, SECOND_ABOVE, SECOND_PRIVILEGED
from db.policy.wording import listed


class Teller:
    """The names by which the rules of ``policy`` speak."""

    def __init__(self, policy: EffectivePolicy) -> None:
        self.policy = policy
        self.unit = _within_a_sentence(policy.field("unit").label)
        self._roles: dict[str, Text] = {role.id: role.label for role in policy.roles}
        self._roles |= {
            "person": _("the person concerned"),
            "everyone": _("everyone"),
            "self": _("the person"),
            "unit": _("the same {unit}", unit=self.unit),
            "peer": _("peers"),
            SECOND: _("a second office"),
            SECOND_PRIVILEGED: _("a second office"),
            SECOND_ABOVE: _("a second office"),
        }

    def role(self, role: str) -> Text:
        """Return the label of a role, of a function (`FUNCTIONS`) or of a relation in ``visible_to``; for an
        unknown word the word itself."""
        word = self.policy.role_behind(role)
        return self._roles.get(word, word)

    def roles(self, roles: Iterable[str]) -> Text:
        return listed(map(self.role, roles))

    def field(self, name: str) -> Text:
        return next((field.label for field in self.policy.fields if field.name == name), name)

    def fields(self, names: Iterable[str]) -> Text:
        return listed(map(self.field, names))

    def selected(self, chosen: Selector) -> Text:
        policy = self.policy
        everyone: list[Text] = [_("everyone")] if chosen.everyone else []
        kinds = [rule.label for rule in policy.unit_kinds if rule.id in chosen.units]
        posts = [rule.label for rule in policy.posts if rule.id in chosen.posts]
        # An office by the name of a post is the same recipient, whatever their title (I.4.3.1).
        roles = [self.role(role) for role in chosen.roles if role not in chosen.posts]
        tags = [rule.label for rule in policy.tags if rule.id in chosen.tags]
        named = [*everyone, *kinds, *posts, *roles, *tags]
        return listed({say(one, "zh_CN"): one for one in named}.values())

    def here(self, text: Message) -> Message:
        """Return ``text`` with this book's word for a unit in place of the general one."""
        return replace(text, params={**text.params, "unit": self.unit}) if "unit" in text.params else text


def _within_a_sentence(label: Label) -> Label:
    """Return a label as it stands within an English sentence: in small letters, unless it begins with
    initials."""
    begins = label.en[:2]
    return label if begins.isupper() else Label(label.zh, label.en[:1].lower() + label.en[1:])
