"""``rules``: what is in force over a book."""

from __future__ import annotations

from db.desk.policies.rule_views import Holder, RuleChange, RuleLine
from db.desk.policies.rule_words import rule_subject
from db.language import Text, _, clause_words, listed
from tui.plain.command import JSON, Command
from tui.plain.places import only_book
from tui.plain.room import Room
from tui.plain.words import CommandWords
from tui.sheets.clauses import holder_names
from tui.sheets.rules import coming_line


def rules(room: Room, words: CommandWords) -> int:
    book = words.operand(0) or only_book(room)
    view = room.desk.policies.rules(book)
    if words.has("json"):
        room.write_json(
            {
                "book": view.book,
                "classification": view.classification,
                "regulations": [
                    {"id": one.id, "version": one.version, "title": one.title, "effective": one.effective}
                    for one in view.regulations
                ],
                "interpreters": [_holder(one) for one in view.interpreters],
                "owners": [_holder(one) for one in view.owners],
                "overrides": view.overrides,
                "coming": [
                    {"from": one.day, "id": one.id, "version": one.version, "title": one.title}
                    for one in view.coming
                ],
                "revisions": [
                    {
                        "regulation": one.regulation,
                        "version": one.version,
                        "effective": one.effective,
                        "told": one.told,
                        "missing": one.missing,
                        "posted": one.posted,
                    }
                    for one in view.revisions
                ],
                "rules": [_data(one) for one in view.lines],
                "changes": [
                    {"day": one.day, "begins": one.begins, **_data(one.rule)} for one in view.changes
                ],
            }
        )
        return 0
    room.write_line(view.title, view.classification)
    for one in view.regulations:
        room.write_line(
            _("{title}: version {version}, in force since {day}", title=one.title, version=one.version,
              day=one.effective)
        )  # fmt: skip
    room.write_facts(
        [
            (_("Interpreted by"), holder_names(*view.interpreters)),
            (_("Owned by"), holder_names(*view.owners)),
            (_("Maintained by"), holder_names(view.maintainer)),
            (_("Supervised by"), holder_names(view.supervisor)),
            (_("Replaces earlier"), listed(view.overrides)),
            *((_("To come"), coming_line(one)) for one in view.coming),
            *((_("Revision"), one.state) for one in view.revisions),
            *((_("Posted outside"), one.posted) for one in view.revisions if one.posted),
        ]
    )
    heads = (_("Clause"), _("About"), _("Rule"))
    room.write_table(
        heads, [(clause_words(line.clause), rule_subject(line.key), line.text) for line in view.lines]
    )
    if view.changes:
        room.write_line(_("What changes"))
        room.write_table((_("Day"), "", *heads), [_change(one) for one in view.changes])
    return 0


def _change(one: RuleChange) -> tuple[Text, ...]:
    sign = _("+ begins") if one.begins else _("− ends")
    return one.day, sign, clause_words(one.rule.clause), rule_subject(one.rule.key), one.rule.text


def _data(rule: RuleLine) -> dict[str, Text]:
    return {"key": rule.key, "text": rule.text, "clause": rule.clause}


def _holder(one: Holder) -> dict[str, Text]:
    return {"role": one.role, "clause": one.clause}


COMMANDS = (
    Command(
        "rules",
        ("[BOOK]",),
        (JSON,),
        _("Show what is in force over a directory, since when, and who interprets it."),
        "rules staff",
        rules,
    ),
)
