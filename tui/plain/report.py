"""``report``: the reports a reader may have, written to standard output."""

from __future__ import annotations

from dataclasses import replace

from db.desk.due_dates import today
from db.desk.extracts.report_rights import BookOption
from db.language import Text, _, listed
from reports.catalogue import ReportOffer, catalogue, kind_named
from reports.export import export
from reports.formats import FORMATS
from reports.period import parse_period, this_month
from tui.plain.command import BOOK, JSON, Command, WrongUsage, read_as_usage
from tui.plain.places import no_such_book
from tui.plain.room import Room
from tui.plain.words import CommandWords, Option
from tui.sheets.units import no_such_unit, several_units

PERIODS = _("2026-11, 2026-W47, 2026-Q4, 2026, 2026-11-23, A..B or 30d; this month.")


def report(room: Room, words: CommandWords) -> int:
    offers = catalogue(room.desk)
    if not words.operands:
        words.allow_only("book", "json")
        return _list(room, words, offers)
    kind = read_as_usage(lambda: kind_named(words.operand(0)))
    allowed = ["book", "scope", "json" if words.has("json") else "format"]
    words.allow_only(*allowed, *["period"] * kind.timed, *["by-month"] * (kind.months is not None))
    book, unit = _scope(room, words, next((offer for offer in offers if offer.kind is kind), None))
    format = "json" if words.has("json") else words.option_value("format", "text")
    period = this_month(today())
    if words.has("period"):
        period = read_as_usage(lambda: parse_period(words.option_value("period"), today()))
    build = kind.by_month if words.has("by-month") else kind.build
    made = build(room.desk, book, unit, period)
    room.document(export(room.desk, made, format, room.language))
    return 0


def _list(room: Room, words: CommandWords, offers: tuple[ReportOffer, ...]) -> int:
    if words.has("book"):
        wanted, mine = words.option_value("book"), [one.id for one in room.desk.me.who().books]
        offers = tuple(replace(one, books=_named_so(one, wanted)) for one in offers)
        offers = tuple(one for one in offers if one.books)
        if not offers and wanted not in mine:
            raise no_such_book(wanted, mine)
    if words.has("json"):
        room.write_json(
            [
                {
                    "report": offer.kind.name,
                    "title": offer.kind.title,
                    "timed": offer.kind.timed,
                    "books": {book.id: [unit.name for unit in book.units] for book in offer.books},
                }
                for offer in offers
            ]
        )
    elif offers:
        rows: list[tuple[Text, ...]] = [
            (
                offer.kind.name,
                offer.kind.title,
                listed(_("{title} ({id})", title=book.title, id=book.id) for book in offer.books),
                offer.kind.about,
            )
            for offer in offers
        ]
        room.write_table((_("Report"), _("Title"), _("Directories"), _("What it shows")), rows)
    else:
        room.warn(_("There is no report for your roles."))
    return 0


def _scope(room: Room, words: CommandWords, offer: ReportOffer | None) -> tuple[str, int | None]:
    """Return the book and unit asked for, without checking the reader's right to them. Raises WrongUsage."""
    options = offer.books if offer is not None else ()
    if words.has("book"):
        wanted = words.option_value("book")
        found = _named_so(offer, wanted) if offer is not None else ()
        book = found[0] if found else None
        mine = [one.id for one in room.desk.me.who().books]
        if book is None and wanted not in mine:
            raise no_such_book(wanted, list(dict.fromkeys([*(one.id for one in options), *mine])))
        identifier = book.id if book is not None else wanted
    elif len(options) > 1:
        raise WrongUsage(
            _(
                "It is of several directories; say which: --book {books}",
                books="|".join(one.id for one in options),
            )
        )
    elif options:
        book, identifier = options[0], options[0].id
    else:
        mine = [one.id for one in room.desk.me.who().books]
        if not mine:
            raise no_such_book("", mine)
        book, identifier = None, mine[0]
    return identifier, _unit(book, words.option_value("scope")) if words.has("scope") else None


def _named_so(offer: ReportOffer, wanted: str) -> tuple[BookOption, ...]:
    return tuple(one for one in offer.books if wanted in (one.id, one.title.zh, one.title.en))


def _unit(book: BookOption | None, wanted: str) -> int:
    units = book.units if book is not None else ()
    found = [unit.id for unit in units if wanted in (str(unit.id), unit.name)]
    if not found:
        raise WrongUsage(no_such_unit(wanted))
    if len(found) > 1:
        raise WrongUsage(several_units(wanted, found))
    return found[0]


COMMANDS = (
    Command(
        "report",
        ("[NAME]",),
        (
            BOOK,
            Option("scope", "UNIT", _("From this unit down: its name or number.")),
            Option("period", "PERIOD", PERIODS),
            Option("by-month", "", _("Each month of the period is a row.")),
            Option("format", "|".join(FORMATS), _("How it is written; text.")),
            JSON,
        ),
        _("List your reports, or write one to standard output. Each copy is marked and recorded."),
        "report deadlines --period 2026-Q4 --format xlsx > deadlines-2026-Q4.xlsx",
        report,
    ),
)
