"""Lists and what can be done with their rows, each declared once and drawn by every face.

A file a subject: its asks, its verbs, its sheets; `registry.SHEETS` names the sheets. From these come the
list screen with detail, sorting, filters, marks and dialogs (`tui.screens.sheets`), the plain commands with
``--json``, ``--sort``, ``--only`` and their part of ``docs/commands.md`` (`tui.plain.sheets`, ``make docs``).
What the audit calls an act stands at the operation (``@operation(…, label=…)``).

    OWNER: OneOf[int] = OneOf("owner", _("Who sees to it."), title=_("Who sees to it?"), choices=_owners)
    PASS_ON: Verb[FindingRow] = Verb(
        id="pass-on", operation="inspections.pass_on", key="e",
        label=_("Another owner"), help=_("Let somebody else see to it, by a day."), asks=(OWNER, DUE),
        offered=lambda row: row.settles and row.state == "open",             # display only: the desk refuses
        do=lambda at: Inspections(at.desk).pass_on(at.number, at[OWNER], at[DUE]),
        done=lambda at, _made: _("Passed on to {name}.", name=at.called(OWNER)),
        example="findings pass-on 3 --owner 孙悦 --due 2026-12-07",
    )

- An ask is the key of its answer: ``at[OWNER]`` is an ``int``. Later asks may look at earlier answers.
- ``do`` acts by keys (``at.number``, ``at.numbers``, ``at.word``) and answers; ``at.row`` is looked up and is
  for what is proposed, asked and said. A fault whose field is an ask's ``id`` leads back to that question.
- A verb is done to each row by itself, to ``all`` that are marked in one act, or to ``none``: it begins
  something.
- A verb called ``open`` is what Enter does. A `Flag` is a switch of a command; on a screen it is asked once a
  fault names it.
- ``whole`` is what a command shows of one row where the desk knows more of it than the list; cards share it.
- ``data`` of a verb is what programs get of what it made; else they get what it ``shows``, if anything.
- ``amiss``: each row is something to be put right, and a command that lists any ends with 1.
- ``rows=Pages(page, search)`` is a list that may be too long to be held: its screen is a `PagedScreen`, which
  sorts and narrows it where it is short; else the desk orders it and, with a ``search``, searches it.
- Columns hold values, not drawings: a text, a number, a `Due`, a `Count`, several texts; ``drawn`` is for a
  cell in several tones. ``few`` makes a column one that rows are narrowed by and alike in. What names a unit
  is titled by `unit_in` the book.
- ``book`` says of which book a row is; then who may draw that book's reports takes the list out as a file
  (`out`; `db.desk.extracts.report_rights.LISTS` names the functions). A list without it never leaves.
- Keys are hints and mean the same on every screen: a agree, b give back, c say something, d decline, e edit,
  i take in, n new, o take out, t remind, v view, x end; s f m = * - / are the list's own.

Nothing here knows a terminal: no textual, rich, `tui.kit`, `tui.screens` or `tui.plain`.
"""
