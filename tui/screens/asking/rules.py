"""The rules of a book: which regulations, since when, who interprets them, and every line (B.8)."""

from __future__ import annotations

from textual.app import ComposeResult

from db.desk.audit.words import clause_words
from db.desk.policies.views import Revision, RuleLine, RulesView
from db.desk.policies.words import about
from db.language import Message, Text, _, listed
from tui.kit import (
    Column,
    Command,
    DataList,
    Dialog,
    Facts,
    Frame,
    Line,
    Option,
    Styled,
    Where,
    choose,
    tell_facts,
)
from tui.kit.facts import Fact


class Rules(Frame):
    """Facts on the regulations, and every rule with its clause."""

    CSS_PATH = "rules.tcss"
    NAME = _("Rules")
    ABOUT = _(
        "The regulations in force over this directory, since when, who interprets and revises them, and "
        "what they come to together: each line with the clause that binds."
    )
    KEYS = (
        Command("open", "enter", _("In full"), _("Show the rule under the cursor in full.")),
        Command(
            "missing", "n", _("Not acknowledged"), _("Who has not acknowledged the revision announced last.")
        ),
        Command("back", "escape", _("Back"), _("Back to the list."), second="q"),
    )
    HOME = ""
    SHOWS_MODES = False

    def __init__(self, rules: RulesView) -> None:
        super().__init__()
        self._rules = rules

    def where(self) -> Where:
        """The book and its classification."""
        return Where(self.NAME, (self._rules.title, self._rules.classification))

    def body(self) -> ComposeResult:
        """Who and since when; below, the rules."""
        rules = self._rules
        head: list[Fact] = [
            (Message("{title}", {"title": one.title}), _since(one.version, one.effective))
            for one in rules.regulations
        ]
        head += [
            (_("Interpreted by"), _held(rules.interpreter.role, rules.interpreter.clause)),
            (_("Maintained by"), _held(rules.maintainer.role, rules.maintainer.clause)),
            (_("Supervised by"), _held(rules.supervisor.role, rules.supervisor.clause)),
        ]
        if rules.overrides:
            head.append((_("Replaces earlier"), listed(rules.overrides)))
        head += [(_("Revision"), one.state) for one in rules.revisions]
        yield Facts(head)
        yield DataList[RuleLine](
            [
                Column(_("About"), lambda rule: Styled(about(rule), "dim"), width=16, in_english=20),
                Column(_("Rule"), lambda rule: rule.text),
                Column(_("Clause"), lambda rule: Styled(clause_words(rule.clause), "dim"), width=16),
            ],
            key=lambda rule: (rule.key, rule.clause),
        )

    def can(self, command_id: str) -> bool:
        """A rule has to be under the cursor, somebody has to be missing."""
        if command_id == "open":
            return self.is_mounted and self.query_one(DataList).current is not None
        return command_id != "missing" or any(one.missing for one in self._rules.revisions)

    async def do_open(self) -> None:
        """The rule in full, which a list may cut."""
        rule: RuleLine | None = self.query_one(DataList).current
        if rule is not None:
            facts: list[Fact] = [(about(rule), rule.text), (_("Clause"), clause_words(rule.clause))]
            await tell_facts(self, _("Rule"), facts)

    def do_missing(self) -> None:
        """Who has still to acknowledge."""
        latest = next(one for one in self._rules.revisions if one.missing)
        self.app.push_screen(Missing(latest))

    def on_mount(self) -> None:
        """Fill the list."""
        lines = self._rules.lines
        self.query_one(DataList).show(lambda offset, limit: lines[offset : offset + limit], total=len(lines))


class Missing(Dialog[None]):
    """Those who have not acknowledged a revision yet."""

    NAME = _("Not acknowledged yet")
    ABOUT = _("Each of them finds the announcement on Today and acknowledges it there.")
    KEYS = (Command("back", "escape", _("Back"), _("Back to the rules."), second="q"),)
    DEFAULT_CSS = """
    Missing > .box { width: 46; height: 16; }
    Missing DataList { height: 1fr; margin-top: 1; }
    """

    def __init__(self, revision: Revision) -> None:
        super().__init__(self.NAME)
        self._revision = revision

    def body(self) -> ComposeResult:
        """Their names."""
        yield Line(self._revision.state)
        yield DataList[str]([Column(_("Name"), lambda name: name)], key=lambda name: name)

    def on_mount(self) -> None:
        """Fill the list."""
        names = self._revision.missing
        self.query_one(DataList).show(lambda offset, limit: names[offset : offset + limit], total=len(names))


async def show_rules(screen: Frame) -> None:
    """The rules of the reader's book; of which one, where there are several."""
    books = screen.app.desk.me.who().books
    options = [Option(book.id, book.title) for book in books]
    chosen = options[0].id if len(books) == 1 else await choose(screen, _("In which book?"), options)
    if chosen is not None:
        screen.app.push_screen(Rules(screen.app.desk.policies.rules(chosen)))


def _since(version: str, day: str) -> Text:
    return _("version {version}, in force since {day}", version=version, day=day)


def _held(role: Text, clause: str) -> Text:
    return _("{role} ({clause})", role=role, clause=clause_words(clause))
