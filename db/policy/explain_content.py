"""The part of an effective policy that is about what the book holds and gives out, told rule by rule."""

from __future__ import annotations

from collections.abc import Iterator

from db.language import Text, _
from db.policy import wording
from db.policy.rules import FieldRule, RuleText
from db.policy.schema.book import USUAL_RANK, EditionRule
from db.policy.telling import Teller
from db.policy.vocabulary import DEFAULT
from db.policy.wording import listed


def content(teller: Teller) -> Iterator[RuleText]:
    """Yield the texts of the rules on kinds, fields, the order of entries, editions, emergency calls and
    outside systems."""
    policy = teller.policy
    for kind in policy.kinds:
        sides: list[Text] = [_("{label}, {side}", label=kind.label, side=wording.SIDES[kind.side])]
        if kind.office is not None:
            sides.append(_("with the office of {role}", role=teller.role(kind.office)))
        yield RuleText(f"kinds.{kind.id}", listed(sides), kind.clause)
        if kind.inside_owner:
            answered = _("{what}: {how}", what=kind.label, how=_("answered for by a colleague"))
            yield RuleText(f"kinds.{kind.id}.inside_owner", answered, kind.clause_of("inside_owner"))
    for key, fields in (("fields", policy.fields), ("unit_fields", policy.unit_fields)):
        for field in fields:
            yield RuleText(f"{key}.{field.name}", _field(teller, field), ", ".join(field.clauses))
            if field.edited_by == "maintainer":
                edited = _("{field}: changed by {who}", field=field.label, who=wording.EDITORS["maintainer"])
                yield RuleText(f"{key}.{field.name}.edited_by", edited, field.edited_clause)
            for name, trait in _of_the_organisation(teller, field).items():
                text = _("{what}: {how}", what=field.label, how=trait)
                yield RuleText(f"{key}.{field.name}.{name}", text, DEFAULT)
    yield from _sorted_by(teller)
    of_units = {rule.name: rule.label for rule in policy.unit_fields}
    for header in policy.header:
        text = _(
            "{role} is at the head with {fields}",
            role=teller.role(header.role),
            fields=listed(of_units.get(name, teller.field(name)) for name in header.fields),
        )
        yield RuleText(f"header.{header.role}", text, header.clause)
    for edition in policy.editions:
        yield from _edition(teller, edition)
    yield from _emergency(teller)
    for sync in policy.sync:
        text = _("kept in step: {fields}", fields=teller.fields(sync.fields))
        yield RuleText(f"sync.{sync.system}", text, sync.clause)
        told = _("told of {events}", events=listed(wording.TOLD_OF[event] for event in sync.on))
        yield RuleText(f"sync.{sync.system}.on", told, sync.clause)


def _of_the_organisation(teller: Teller, field: FieldRule) -> dict[str, Text]:
    """Return, by key, the texts of what holds of a field by no clause, though clauses name the field: consent
    is the law's (PIPL 13, 15)."""
    if DEFAULT in field.clauses:
        return {}
    own: dict[str, Text] = {}
    if field.required and field.required_clause == DEFAULT:
        own["required"] = _("required")
    if field.protected and field.protected_clause == DEFAULT:
        own["protected"] = _("protected")
    if field.visible_to and field.visible_clause == DEFAULT:
        own["visible_to"] = _("seen by {who} only", who=teller.roles(field.visible_to))
    if field.consent:
        own["consent"] = _("on consent: the person takes it out alone")
    return own


def _field(teller: Teller, field: FieldRule) -> Text:
    traits: list[Text] = [field.label, teller.here(wording.VALUE_KINDS[field.kind])]
    own = _of_the_organisation(teller, field)
    traits += [_("required")] * (field.required and "required" not in own)
    traits += [_("protected")] * (field.protected and "protected" not in own)
    traits += [_("private")] * field.private + [_("several values")] * field.multiple
    traits += [_("on consent: the person takes it out alone")] * (field.consent and "consent" not in own)
    if field.applies_to:
        kinds = (kind.label for kind in teller.policy.kinds if kind.id in field.applies_to)
        traits.append(_("of {kinds} only", kinds=listed(kinds)))
    if field.visible_to and "visible_to" not in own:
        traits.append(_("seen by {who} only", who=teller.roles(field.visible_to)))
    if field.choices:
        choices = (_("{label} ({id})", label=choice.label, id=choice.id) for choice in field.choices)
        traits.append(_("one of: {choices}", choices=listed(choices)))
    return listed(traits)


def _sorted_by(teller: Teller) -> Iterator[RuleText]:
    policy = teller.policy
    for unit_kind in policy.unit_kinds:
        yield RuleText(f"unit_kinds.{unit_kind.id}", unit_kind.label, unit_kind.clause)
    for post in policy.posts:
        text = _("{label}: whoever is {titles}", label=post.label, titles=listed(post.titles))
        yield RuleText(f"posts.{post.id}", text, post.clause)
    kinds = {kind.id: kind.label for kind in policy.kinds}
    for category in policy.categories:
        held: list[Text] = [category.label, *(kinds[kind] for kind in category.kinds if kind in kinds)]
        held += [_("the contacts of each {unit} itself", unit=teller.unit)] * category.units
        yield RuleText(f"categories.{category.id}", listed(held), category.clause)
    for tag in policy.tags:
        label: Text = tag.label
        if tag.rank != USUAL_RANK:
            label = _("{label}, put first with rank {rank}", label=tag.label, rank=tag.rank)
        yield RuleText(f"tags.{tag.id}", label, tag.clause)
    labels = {rule.name: rule.label for rule in policy.fields}
    for facet in policy.facets:
        yield RuleText(f"facets.{facet.by}", labels.get(facet.by, wording.FACETS[facet.by]), facet.clause)


def _edition(teller: Teller, edition: EditionRule) -> Iterator[RuleText]:
    key = f"editions.{edition.id}"
    text = _(
        "{label}: {every}, columns {columns}",
        label=edition.label,
        every=wording.CYCLES[edition.every],
        columns=teller.fields(edition.columns),
    )
    yield RuleText(key, text, edition.clause)
    yield RuleText(f"{key}.include", _("lists {who}", who=teller.selected(edition.include)), edition.clause)
    if edition.headings:
        yield RuleText(
            f"{key}.headings", _("headed {headings}", headings=listed(edition.headings)), edition.clause
        )
    if edition.for_units:
        kinds = [rule.label for rule in teller.policy.unit_kinds if rule.id in edition.for_units]
        yield RuleText(f"{key}.for_units", _("meant for {kinds}", kinds=listed(kinds)), edition.clause)
    order = _("in the order of {fields}", fields=teller.fields(edition.order_by))
    yield RuleText(f"{key}.order_by", order, edition.clause)
    day = edition.due.weekday
    due = (
        _("due on the first day at {time}", time=edition.due.time)
        if day is None
        else _("due {day} {time}", day=wording.WEEKDAYS[day], time=edition.due.time)
    )
    yield RuleText(f"{key}.due", due, edition.due.clause_of("time"))
    named = _("goes to {recipients} and nobody else", recipients=teller.selected(edition.recipients))
    yield RuleText(f"{key}.recipients", named, edition.recipients.clause)
    for handed in edition.hands_out:
        told = _("hands out {columns}, whether recipients see it otherwise or not",
                 columns=teller.fields(handed.columns))  # fmt: skip
        yield RuleText(f"{key}.hands_out", told, handed.clause)
    terms = [_("numbered")] * edition.numbered + [_("marked")] * edition.marked
    terms += [_("acknowledged")] * edition.acknowledge + [_("every issue is kept")] * edition.record
    terms += [_("in both languages")] * edition.both_languages
    if terms:
        given = edition.clause_of("numbered", "marked", "acknowledge", "record", "both_languages")
        yield RuleText(f"{key}.copies", listed(terms), given)


def _emergency(teller: Teller) -> Iterator[RuleText]:
    emergency = teller.policy.emergency
    if emergency is None:
        return
    text = _("call {fields}, in this order", fields=teller.fields(emergency.fields))
    yield RuleText("emergency", text, emergency.clause)
    for whose in emergency.whose:
        answers = _(
            "{number}: {names} say who answers",
            number=teller.field(whose.number),
            names=teller.fields(whose.names),
        )
        yield RuleText(f"emergency.whose.{whose.number}", answers, emergency.clause)
    if emergency.note_attempts:
        noted = _("each call and what came of it is noted")
        yield RuleText("emergency.note_attempts", noted, emergency.clause_of("note_attempts"))
