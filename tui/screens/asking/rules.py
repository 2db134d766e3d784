"""The rules of a book: which regulations, since when, who interprets them, and every line (B.8)."""

from __future__ import annotations

from textual.app import ComposeResult

from db.desk.policies.rule_views import Revision, RuleChange, RuleLine, RulesView
from db.desk.policies.rule_words import rule_subject
from db.language import Message, Text, _, clause_words, listed, say
from tui.kit import (
    SEARCH,
    DataList,
    FactList,
    FramedScreen,
    ListColumn,
    Location,
    Pick,
    ScreenCommand,
    Styled,
    choose,
    tell_facts,
)
from tui.kit.searching import SearchedScreen, search_field
from tui.screens.sheets.list import screen_of
from tui.sheets.asks import At
from tui.sheets.books import BOOK
from tui.sheets.cell import Fact
from tui.sheets.clauses import holder_names
from tui.sheets.date_words import day
from tui.sheets.revisions import READ, REVISIONS
from tui.sheets.rules import COMING, SUMMARY, coming_line

OPEN = ScreenCommand("open", "enter", _("In full"), _("Show the rule under the cursor in full."), looks=True)


class OfRules(FramedScreen):
    """A list of a book's rules, each of which opens in full."""

    CSS_PATH = "rules.tcss"
    HOME = ""
    SHOWS_MODES = False

    def __init__(self, rules: RulesView | None = None) -> None:
        super().__init__()
        desk = self.app.desk
        self._rules = rules or desk.policies.rules(desk.me.who().books[0].id)

    def where(self) -> Location:
        return Location(self.NAME, (self._rules.title,))

    @property
    def current(self) -> RuleLine | None:
        """The rule under the cursor. Screens override it."""
        raise NotImplementedError

    def can(self, command_id: str) -> bool:
        return command_id != "open" or (self.is_mounted and self.current is not None)

    async def do_open(self) -> None:
        rule = self.current
        if rule is not None:
            facts: list[Fact] = [
                (rule_subject(rule.key), rule.text),
                (_("Clause"), clause_words(rule.clause)),
            ]
            await tell_facts(self, _("Rule"), facts)


class RulesScreen(SearchedScreen, OfRules):
    """Facts on the regulations, and every rule with its clause."""

    HOME = "DataList"
    NAME = _("Rules")
    ABOUT = _(
        "The regulations in force over this directory, since when, who interprets and revises them, and "
        "what they come to together: each line with the clause that binds."
    )
    KEYS = (
        OPEN,
        SEARCH,
        ScreenCommand(
            "changes", "v", _("What changes"), _("Rules that began or ended with a version, or will.")
        ),
        ScreenCommand("coming", "v", _("To come"), _("What is on record and not in force yet; withdraw it.")),
        ScreenCommand(
            "document", "v", _("Document"), _("Show a regulation as a document, and how to print it.")
        ),
        ScreenCommand("revisions", "v", _("Revisions"), _("Who has not acknowledged what was announced.")),
        ScreenCommand("book", "u", _("Directory"), _("Look at another directory.")),
        ScreenCommand("back", "escape", _("Back"), _("Back to the list.")),
    )

    def _facts(self) -> list[Fact]:
        rules = self._rules
        head: list[Fact] = [
            (Message("{title}", {"title": one.title}), _version_since(one.version, one.effective))
            for one in rules.regulations
        ]
        head += [
            (_("Interpreted by"), holder_names(*rules.interpreters)),
            (_("Owned by"), holder_names(*rules.owners)),
            (_("Maintained by"), holder_names(rules.maintainer)),
            (_("Supervised by"), holder_names(rules.supervisor)),
        ]
        if rules.overrides:
            head.append((_("Replaces earlier"), listed(rules.overrides)))
        head += [(_("To come"), coming_line(one)) for one in rules.coming]
        if rules.changes:
            head.append(
                (_("Revised"), _("from {day} on; v shows what changes", day=day(rules.changes[0].day)))
            )
        head += [(_("Revision"), one.state) for one in rules.revisions]
        head += [(_("Posted outside"), one.posted) for one in rules.revisions if one.posted]
        return head

    def body(self) -> ComposeResult:
        yield FactList(self._facts())
        yield search_field(_("Part of any column"))
        yield DataList[RuleLine](
            [
                ListColumn(
                    _("About"), lambda rule: Styled(rule_subject(rule.key), "dim"), width=16, in_english=20
                ),
                ListColumn(_("Rule"), lambda rule: rule.text),
                ListColumn(_("Clause"), lambda rule: Styled(clause_words(rule.clause), "dim"), width=16),
            ],
            key=lambda rule: (rule.key, rule.clause),
            empty=_("No rule has that."),
        )

    @property
    def current(self) -> RuleLine | None:
        rule: RuleLine | None = self.query_one(DataList).current
        return rule

    def can(self, command_id: str) -> bool:
        if command_id == "changes":
            return bool(self._rules.changes)
        if command_id == "coming":
            return bool(self._rules.coming)
        if command_id == "book":
            return len(self.app.desk.me.who().books) > 1
        if command_id == "revisions":
            return bool(self._rules.revisions)
        return super().can(command_id)

    async def do_book(self) -> None:
        await show_rules(self)

    def do_changes(self) -> None:
        self.app.push_screen(RuleChanges(self._rules))

    def do_coming(self) -> None:
        self.app.push_screen(screen_of(COMING)({BOOK.id: self._rules.book}))

    async def do_document(self) -> None:
        rules = self._rules
        known: list[tuple[str, str, Text]] = [(one.id, one.version, one.title) for one in rules.regulations]
        known += [(one.id, one.version, one.title) for one in rules.coming if one.version]
        options = [Pick(f"{id} {version}", title, note=version) for id, version, title in known]
        chosen = options[0].id if len(options) == 1 else await choose(self, _("Which regulation?"), options)
        if chosen is not None:
            view = self.app.desk.policies.document(rules.book, *chosen.split(" ", 1))
            at = At[Revision](self.app.desk, answers={BOOK.id: rules.book})
            await tell_facts(self, view.title, READ.facts_after(at, view))

    def do_revisions(self) -> None:
        self.app.push_screen(screen_of(REVISIONS)({BOOK.id: self._rules.book}))

    def on_mount(self) -> None:
        self.query_one(DataList).show_all(self._rules.lines)

    def come_back(self) -> None:
        self._rules = self.app.desk.policies.rules(self._rules.book)
        self.query_one(FactList).show(self._facts())
        self.narrow()

    def narrow(self) -> None:
        words, language = self.sought.casefold().split(), self.app.language

        def holds(rule: RuleLine) -> bool:
            parts = (rule_subject(rule.key), rule.text, clause_words(rule.clause))
            said = " ".join(say(part, language) for part in parts).casefold()
            return all(word in said for word in words)

        self.query_one(DataList).show_all(list(filter(holds, self._rules.lines)), narrowed=True)


class RuleChanges(OfRules):
    """What began and ended with each version, and what will: to be read before a revision is acknowledged."""

    NAME = _("What changes")
    ABOUT = _(
        "The rules that begin and those that end with each version of the regulations, the newest first. "
        "Requests under way go on by the rules that they began under."
    )
    KEYS = (OPEN, ScreenCommand("back", "escape", _("Back"), _("Back to the rules.")))

    def body(self) -> ComposeResult:
        yield DataList[RuleChange](
            [
                ListColumn(_("Day"), lambda change: Styled(change.day, "dim"), width=10),
                ListColumn("", _sign, width=8),
                ListColumn(
                    _("About"),
                    lambda change: Styled(rule_subject(change.rule.key), "dim"),
                    width=18,
                    from_width=100,
                ),
                ListColumn(_("Rule"), lambda change: change.rule.text),
                ListColumn(
                    _("Clause"), lambda change: Styled(clause_words(change.rule.clause), "dim"), width=10
                ),
            ],
            key=lambda change: (change.day, change.begins, change.rule.key, change.rule.clause),
        )

    @property
    def current(self) -> RuleLine | None:
        change: RuleChange | None = self.query_one(DataList).current
        return change.rule if change is not None else None

    def on_mount(self) -> None:
        self.query_one(DataList).show_all(self._rules.changes)


def _sign(change: RuleChange) -> Styled:
    return Styled(_("+ begins"), "good") if change.begins else Styled(_("− ends"), "warn")


async def show_rules(screen: FramedScreen) -> None:
    """Show the rules of the reader's book; ask of which one, where there are several."""
    chosen = await choose_book(screen)
    if chosen is not None:
        screen.app.push_screen(RulesScreen(screen.app.desk.policies.rules(chosen)))


async def show_summary(screen: FramedScreen) -> None:
    """Open the summary of the rules of the reader's book, with what each means for them, after asking which
    book if there are several."""
    chosen = await choose_book(screen)
    if chosen is not None:
        screen.app.push_screen(screen_of(SUMMARY)({BOOK.id: chosen}))


async def choose_book(screen: FramedScreen) -> str | None:
    """Return the reader's only book, or ask which; None if the reader went back."""
    books = screen.app.desk.me.who().books
    options = [Pick(book.id, book.title) for book in books]
    return options[0].id if len(books) == 1 else await choose(screen, _("In which directory?"), options)


def _version_since(version: str, day: str) -> Text:
    return _("version {version}, in force since {day}", version=version, day=day)
