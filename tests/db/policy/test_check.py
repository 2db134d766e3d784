"""What the check says to whoever writes a policy file: the line, the key, and why in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.language import say
from db.policy.line_numbers import key_lines
from db.policy.loader import check, load, load_folder, load_recorded
from db.policy.regulation import PolicyError
from tests.db.policy.texts import EDITION, FIELDS, assert_told, text

FORM = [
    ("titel = 1", 4, "titel", "Is title meant?"),
    (FIELDS % 'clause = "X.1", requird = true', 6, "fields.1.requird", "Is required meant?"),
    (FIELDS % "required = true", 6, "fields.1.clause", "Which clause says so?"),
    (FIELDS % 'clause = "Article 3"', 6, "fields.1.clause", "Article 3 is not a clause"),
    (FIELDS % 'clause = ["X.1", 3]', 6, "fields.1.clause", "3 is not a clause"),
    (FIELDS % 'clause = "X.1", required = "yes"', 6, "fields.1.required", "true or false"),
    (
        '[flow.change]\nsteps = "head"\nclause = "X.1"',
        5,
        "flow.change.steps",
        'a list in square brackets: steps = ["head"]',
    ),
    ('[flow.change]\nevidnce = true\nclause = "X.1"', 5, "flow.change.evidnce", "Is evidence meant?"),
    ('[flow.change]\nevidence = "yes"\nclause = "X.1"', 5, "flow.change.evidence", "true or false"),
    (
        'duty.leaver = { days = 2, from = "leave", whom = "hr", clause = "X.1" }',
        4,
        "duty.leaver.whom",
        "escalate",
    ),
    ('colour = "red"', 4, "colour", "Known here: backups"),
    ('[flow.chnage]\nclause = "X.1"', 4, "flow.chnage", "Is change meant?"),
    ('[[reviews]]\nclause = "X.1"\nevery = "quaterly"', 6, "reviews.0.every", "Is quarter meant?"),
    ('[[reviews]]\nclause = "X.1"', 4, "reviews.0.every", "every is missing"),
    (
        '[[reviews]]\nevery = "week"\nclause = "X.1"\n\n[[reviews]]\nevery = 3\nclause = "X.2"',
        9,
        "reviews.1.every",
        "It can",
    ),
    ('fields = [{ name = "extention", clause = "X.1" }]', 4, "fields.0.zh", "Is extension meant?"),
    ('roles = [{ id = "desk", zh = "Desk", en = "前台", clause = "X.1" }]', 4, "roles.0.en", "swapped"),
    ("fields = { name = 1 }", 4, "fields", "fields = [{ … }], or the heading as [[fields]]"),
    ("lookup = [{ purpose = true }]", 4, "lookup", "lookup = { … }"),
    ('flow.copy = { steps = [["head"]], clause = "X.1" }', 4, "flow.copy.steps.0", "Each of steps"),
    ('roles = [{ id = "front-desk", clause = "X.1" }]', 4, "roles.0.zh", "front-desk isn't a name"),
    ('roles = [{ id = "Front", zh = "前", en = "F", clause = "X.1" }]', 4, "roles.0.id", "can't be an id"),
    ('password = { max_age_days = 0, clause = "X.1" }', 4, "password.max_age_days", "at least 1"),
    ('duty.joiner = { days = 3, clause = "X.1" }', 4, "duty.joiner.from", "from is missing"),
    (
        'notices = [{ about = "chages", to = "everyone", clause = "X.1" }]',
        4,
        "notices.0.about",
        "changes meant",
    ),
    ('lookup = { purposes = true, clause = "X.1" }', 4, "lookup.purposes", "Is purpose meant?"),
    (
        'erasure = [{ what = "leaver", months = 2000, clause = "X.1" }]',
        4,
        "erasure.0.months",
        "at most 1200",
    ),
    (
        'flow.copy = { evidence = { required = true, fields = ["fax"] }, clause = "X.1" }',
        4,
        "flow.copy.evidence.fields",
        "no key fields here. Known here: clause, required",
    ),
    (
        '[flow.copy.evidence]\nfields = ["fax"]\nrequired = true\n[flow.copy]\nclause = "X.1"',
        5,
        "flow.copy.evidence.fields",
        "Known here: clause, required. If fields of the whole file is meant",
    ),
    ('flow.copy = { evidence = ["身份证"], clause = "X.1" }', 4, "flow.copy.evidence", "true or false"),
    (
        'fines = [{ case = "leak", amount = 5, currency = "元", clause = "X.1" }]',
        4,
        "fines.0.currency",
        'such as "CNY"',
    ),
    (FIELDS % 'visible_to = ["前台"], clause = "X.1"', 6, "fields.1.visible_to.0", "can't be an id"),
    ("maintainer = 3", 4, "maintainer", "a table"),
    ('kinds = ["full-time"]', 4, "kinds.0", "Each of kinds must be a table"),
    (
        '[undertaking]\nzh = "甲"\nen = "A"\nclause = "X.1"\nversion = "2"',
        8,
        "undertaking.version",
        "above the first",
    ),
    ('[reviews]\nevery = "week"\nclause = "X.1"', 4, "reviews", "[[reviews]], in double brackets"),
    ('[[flow.change]]\nclause = "X.1"', 4, "flow.change", "single brackets"),
    (
        EDITION % 'every = "month", due = { time = "8:00", clause = "X.1" }',
        4,
        "editions.0.due.time",
        '"08:00"',
    ),
]

OWNER = 'scopes = [{ role = "inside-owner", %s, clause = "X.1" }]'

MEANING = [
    (OWNER % 'side = "external", reach = "book"', 4, "scopes.0.reach", 'write reach = "self"'),
    (OWNER % 'side = "internal", reach = "self"', 4, "scopes.0.side", 'write side = "external"'),
    ('version = "1/../x"', 4, "version", "letters, digits, dots and hyphens"),
    ('roles = [{ id = "desk", zh = "台", en = " ", clause = "X.1" }]', 4, "roles.0.en", "nothing between"),
    (
        'screening = [{ what = "advertising", words = ["促销", ""], clause = "X.1" }]',
        4,
        "screening.0.words.1",
        "nothing between",
    ),
    (
        'roles = [{ id = "desk", zh = "\\u001b[31m台", en = "Desk", clause = "X.1" }]',
        4,
        "roles.0.zh",
        "invisible character",
    ),
    ('stale = { days = 99999999999, clause = "X.1" }', 4, "stale.days", "at most 36500"),
    (
        'retention = [{ what = "archive", years = 2, clause = "X.1" }]',
        4,
        "retention.0.years",
        "Say why for so long",
    ),
    (
        'retention = [{ what = "archive", years = 31, reason = { zh = "备查", en = "x" }, clause = "X.1" }]',
        4,
        "retention.0.years",
        "for more than 30 years",
    ),
    (
        'retention = [{ what = "issue", years = 9999, clause = "X.1" }]',
        4,
        "retention.0.years",
        "at most 1000",
    ),
    ('reset = { wait_hours = 9000000000, clause = "X.1" }', 4, "reset.wait_hours", "at most 1000000"),
    (
        'cases = [{ id = "leak", clause = "X.1" }]\nsanctions = [{ id = "fine", clause = "X.1" }]\n'
        'fines = [{ case = "leak", amount = 20000000, clause = "X.1" }]',
        6,
        "fines.0.amount",
        "at most 10000000",
    ),
    ('maintainer = { role = "hrr", clause = "X.1" }', 4, "maintainer.role", "Is hr meant?"),
    ('flow.copy = { steps = ["head", "boss"], clause = "X.1" }', 4, "flow.copy.steps.1.role", "no role boss"),
    ('flow.copy = { submit = ["clerk"], clause = "X.1" }', 4, "flow.copy.submit", "no role clerk"),
    (FIELDS % 'visible_to = ["boss"], clause = "X.1"', 6, "fields.1.visible_to", "no role boss"),
    (
        'scopes = [\n  { role = "head", reach = "unit", clause = "X.1" },\n'
        '  { role = "head", reach = "book", clause = "X.2" },\n]',
        6,
        "scopes.1",
        "what line 5 says about head",
    ),
    (
        'scopes = [{ role = "head", reach = "unit", propose = "book", clause = "X.1" }]',
        4,
        "scopes.0.propose",
        "wider",
    ),
    (
        'scopes = [{ role = "head", reach = "unit", maintain = "book", clause = "X.1" }]',
        4,
        "scopes.0.maintain",
        "wider",
    ),
    (
        'maintainer = { role = "hr", clause = "X.1" }\n'
        'scopes = [{ role = "hr", reach = "unit", clause = "X.2" }]',
        5,
        "scopes.0.reach",
        "maintains the whole directory",
    ),
    (
        'denials = [{ role = "head", operations = ["edit"], clause = "X.1" }]\n'
        'scopes = [{ role = "head", reach = "unit", maintain = "unit", clause = "X.2" }]',
        5,
        "scopes.0.maintain",
        "X.1 forbids head to edit",
    ),
    (
        'flow.copy = { steps = ["it"], clause = "X.1" }',
        4,
        "flow.copy.steps.0",
        "shows nothing of the directory",
    ),
    (
        'denials = [{ role = "hr", operations = ["decide"], clause = "X.1" }]\n'
        '[flow.copy]\nsteps = [\n  "head",\n  "hr",\n]\nclause = "X.2"',
        8,
        "flow.copy.steps.1",
        "a denial forbids hr to decide",
    ),
    (
        'maintainer = { role = "hr", clause = "X.1" }\n'
        'flow.copy = { steps = ["hr", "maintainer"], clause = "X.2" }',
        5,
        "flow.copy.steps.1",
        "approves twice",
    ),
    ('flow.copy = { to = "it", clause = "X.1" }', 4, "flow.copy.to", "shows nothing of the directory"),
    ('flow.copy = { to = "boss", clause = "X.1" }', 4, "flow.copy.to.role", "no role boss"),
    ('flow.copy = { steps = ["hr"], to = "hr", clause = "X.1" }', 4, "flow.copy.to", "approves twice"),
    ('flow.reset = { to = "hr", clause = "X.1" }', 4, "flow.reset.to", "leave steps out"),
    (
        'duty.joiner = { days = 3, from = "join", or_by = ["head"], clause = "X.1" }',
        4,
        "duty.joiner.or_by",
        "one office's",
    ),
    ('lookup = { purpose = true, clause = "X.1" }', 4, "lookup", "purposes lists none"),
    (
        'sanctions = [{ id = "fine", clause = "X.1" }]\n'
        'fines = [{ case = "leak", amount = 5, clause = "X.1" }]',
        5,
        "fines.0",
        "no kind of case leak",
    ),
    ('emergency = { fields = ["pager"], clause = "X.1" }', 4, "emergency.fields", "no field pager"),
    ('overrides = { keys = ["scope"], clause = "X.1" }', 4, "overrides.keys.0", "Is scopes meant?"),
    ('overrides = { keys = ["flow.copy"], clause = "X.1" }', 4, "overrides.keys.0", "Is flow meant?"),
    ('overrides = { keys = ["version"], clause = "X.1" }', 4, "overrides.keys.0", "no key version"),
    ('flow.copy = { steps = ["everyone"], clause = "X.1" }', 4, "flow.copy.steps.0.role", "one of: head"),
    ('flow.copy = { steps = ["supervisor"], clause = "X.1" }', 4, "flow.copy.steps.0", "who that is"),
    (
        'password = { max_age_days = 7, clause = "X.1" }',
        4,
        "password.warn_days",
        "smaller than max_age_days = 7",
    ),
    (
        'kinds = [{ id = "intern", inside_owner = true, clause = "X.1" }]',
        4,
        "kinds.0.inside_owner",
        'side = "external"',
    ),
    (FIELDS % 'applies_to = ["interns"], clause = "X.1"', 6, "fields.1.applies_to", "kinds has no interns"),
    (FIELDS % 'kind = "choice", clause = "X.1"', 6, "fields.1", "add choices"),
    (
        'categories = [{ id = "partner", kinds = ["partner"], clause = "X.1" }]',
        4,
        "categories.0.kinds",
        "no partner",
    ),
    (
        'kinds = [{ id = "intern", clause = "X.1" }]\n'
        'categories = [{ id = "individual", kinds = ["interns"], clause = "X.1" }]',
        5,
        "categories.0.kinds",
        "Is intern meant?",
    ),
    *(
        (EDITION.replace(had, has) % 'every = "week", due = { time = "08:00", clause = "X.1" }', 4, key, why)
        for had, has, key, why in (
            ('["name"]', '["nam"]', "editions.0.columns", "Is name meant?"),
            ('["name"]', '["name"], order_by = ["ward"]', "editions.0.order_by", "no field ward"),
            ('["name"]', '["name"], for_units = ["ward"]', "editions.0.for_units", "unit_kinds has no ward"),
            (
                "include = { everyone",
                'include = { posts = ["chief"], everyone',
                "editions.0.include.posts",
                "no chief",
            ),
            (
                "include = { everyone",
                'include = { roles = ["haed"], everyone',
                "editions.0.include.roles",
                "head",
            ),
            (
                "recipients = { ",
                'recipients = { tags = ["vip"], ',
                "editions.0.recipients.tags",
                "tags has no vip",
            ),
        )
    ),
    (
        EDITION % 'every = "two-days", due = { weekday = "monday", time = "08:00", clause = "X.1" }',
        4,
        "editions.0.due.weekday",
        "leave weekday out",
    ),
]


@pytest.mark.parametrize(("body", "line", "key", "why"), FORM + MEANING)
def test_each_mistake_is_named_at_its_line(body: str, line: int, key: str, why: str) -> None:
    assert_told(body, line, key, why)


@pytest.mark.parametrize(
    ("body", "line"), [('maintainer = { role = "hr"', 4), ("a = 1\nb = = 2", 5), ("x = 1\nx = 2", 5)]
)
def test_what_is_not_toml_is_named_at_its_line(body: str, line: int) -> None:
    (finding,) = check(text(body))
    assert finding.line == line
    assert finding.where == ""


UNREADABLE = [
    (
        'undertaking = { zh = “只为工作查阅”, en = "For work", clause = "X.1" }',
        4,
        "This is “,",
        'type " instead',
    ),
    ("id = ‘visitors’", 4, "This is ‘", "type ' instead"),
    ('header = ["a"， "b"]', 4, "This is ，", "type , instead"),
    ("a ＝ 1", 4, "This is ＝", "type = instead"),
    ("a\u3000= 1", 4, "This is “\u3000”", "a blank"),
    ("a\u00a0= 1", 4, "This is", "a blank"),
    ("days = ３", 4, "This is ３", "type 3 instead"),
    ('a = 1 # 说明，"不成对\nb = ［"head"]', 5, "This is ［", "type [ instead"),
    ("第一条 为规范管理", 4, "Chinese goes in quotation marks", '"第…"'),
    ("a = 2026年10月1日", 4, "2026-01-31", "have none"),
    ('a = "约谈\nb = 1', 4, "not closed", "without an input method"),
    ("a = 1\n[flow]\na = 1\n[flow]", 7, "already written above", "double brackets"),
    ("a = yes", 4, "true or false in small letters", "quotation marks"),
    ("a = 2 working days", 4, "Too much follows", "alone"),
    ("a = 2026/10/1", 4, "A date is written 2026-01-31", "hyphens"),
    ("a = 2026-7-1", 4, "A date is written 2026-01-31", "two for the month"),
    ("a = 2026-13-01 # begins", 4, "A date is written 2026-01-31", "a day that there is"),
    ("a = 2026-02-30", 4, "A date is written 2026-01-31", "a day that there is"),
    ("t = { a = 2026-02-30 }", 4, "no such day", "time"),
    ("title = { zh = 'a',\n en = 'b' }", 4, "that begins with { on line 4", "on one line"),
    ("steps = [1, 2\nb = 1", 5, "that begins with [ on line 4", "write ] before b"),
    (
        "roles = [\n { id = 'x' },\n\n[flow.copy]\na = 1",
        7,
        "that begins with [ on line 4",
        "before flow.copy",
    ),
    ("roles = [\n { id = 'x' },\n", 6, "that begins with [ on line 4", "write ] at its end"),
    ("a = [{ b = [1, 2 }]", 4, "This is }, but [ of line 4", "write ] before it"),
    ("a = { b = [1] ]", 4, "This is ], but { of line 4", "write } before it"),
    ("a = { b = 1, }", 4, "There is no comma before }", "take it away"),
    ("a = { b = 1 c = 2 }", 4, "A comma is missing", "before this"),
    ("a = [{ b = 1 } { b = 2 }]", 4, "A comma is missing", "before this"),
    ("a = [{ b = 1; c = 2 }]", 4, "This is ;", "type a comma"),
    ("a = [{ b = 1 }； { b = 2 }]", 4, "This is ；", "type , instead"),
    ("a = { b = 1 }；", 4, "Nothing may follow a value", "take ； away"),
    ("a = 1;", 4, "Nothing may follow a value", "take ; away"),
    ('a = "x", "y"]', 4, "Several values make a list", "type [ before the first"),
    ('a = "x"， "y"', 4, "Several values make a list", "type [ before the first"),
    ('a = "x"\u200b', 4, "can't be seen", "take it away"),
    ("a = ['x']]", 4, "] closes nothing", "take it away"),
    ("[flow.copy\na = 1", 4, "heading is in brackets", "as many before it"),
    ("a： 1", 4, "This is ：", "type = instead"),
    ("a = （1）", 4, "This is （", "type [ instead"),
    ("a = (1)", 4, "This is (", "type [ and ]"),
    ("ａ = 1", 4, "This is ａ", "type a instead"),
    ("版本 = 1", 4, "words of the documentation", "版… is none"),
    ('a = """text', 4, "begins with three quotation marks", "ends with three"),
    ('a = "x\x00"', 4, "invisible character", "Type the text again"),
    ('a = "the "new" book"', 4, "at the second", "Within a text write"),
    ("colour", 4, "key = value", "begins with #"),
    ("a = 'C:'\nb = \"C:\\gut\"", 5, "backslash", "write / instead"),
]


@pytest.mark.parametrize(("body", "line", "what", "remedy"), UNREADABLE)
def test_what_cannot_be_read_is_told_without_a_word_of_toml(
    body: str, line: int, what: str, remedy: str
) -> None:
    (finding,) = check(text(body))
    said = say(finding.message, "en")
    assert finding.line == line
    assert what in said
    assert remedy in said
    assert say(finding.message, "zh_CN") != said


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_a_file_in_another_encoding_is_named_at_its_first_bad_line(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text('version = "1"'), encoding)
    (finding,) = check(path)
    assert finding.line == (1 if encoding == "utf-16" else 3)
    assert "encoding UTF-8" in say(finding.message, "en")
    assert say(finding.message, "zh_CN") != say(finding.message, "en")
    with pytest.raises(PolicyError):
        load(path)


def test_the_mark_with_which_some_editors_begin_utf8_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text('version = "7"'), "utf-8-sig")
    assert load(path).version == "7"


def test_a_clause_that_stands_twice_is_cited_once() -> None:
    file = load(text('copies = { numbered = true, clause = ["X.1", "X.2", "X.1"] }')).file
    assert file.copies is not None
    assert file.copies.clause == "X.1, X.2"


def test_people_count_the_rules_of_a_list_from_one() -> None:
    (finding,) = check(text('[[reviews]]\nclause = "X.1"'))
    assert finding.where == "reviews #1 every: "


def test_several_mistakes_come_in_the_order_of_the_file() -> None:
    findings = check(text('roles = [{ id = "x" }]\nmaintainer = 3\nfeilds = []'))
    assert [finding.line for finding in findings] == sorted(finding.line for finding in findings)
    assert {finding.line for finding in findings} == {4, 5, 6}


def test_a_bad_file_is_not_loaded_and_says_which(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text("titel = 1"), "utf-8")
    with pytest.raises(PolicyError) as refused:
        load(path)
    assert refused.value.findings[0].path == str(path)


def test_an_id_twice_in_a_folder_is_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(text("", id="same"), "utf-8")
    with pytest.raises(PolicyError) as refused:
        load_folder(tmp_path)
    assert refused.value.findings[0].key == "id"


def test_a_file_that_is_in_force_stays_so_when_the_check_has_learnt_more(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text('flow.copy = { steps = ["everyone"], clause = "X.1" }', id="own"), "utf-8")
    assert check(path)
    (read,) = load_folder(tmp_path)
    assert read.version == load_recorded(path.read_text("utf-8")).version == "1"


def test_an_own_rung_of_the_ladder_needs_no_id() -> None:
    file = load(
        text(
            'sanctions = [{ zh = "警告", en = "warning", clause = "X.1" }, '
            '{ zh = "谈话", en = "Talk with the head", clause = "X.2" }]'
        )
    ).file
    assert [(rung.id, rung.severity) for rung in file.sanctions] == [
        ("warning", 10),
        ("talk-with-the-head", 11),
    ]


def test_lines_of_every_way_to_write_toml() -> None:
    lines = key_lines(
        '# note = 1\n"quoted key" = 1\na.b = [ # "[\n  { c = "}", \'d\' = """\nx = 1\n""" },\n\n  2,\n]\n'
        "[t . u]\nk = 2026-01-01 # [x]\n[[l]]\nx = true\n[[l]]\nx = [[1], [2]]\n[l.sub]\ny = '#'\n"
    )
    assert lines[("quoted key",)] == 2
    assert lines[("a", "b", 0, "c")] == 4
    assert lines[("a", "b", 0, "d")] == 4
    assert lines[("a", "b", 1)] == 8
    assert lines[("t", "u", "k")] == 11
    assert lines[("l", 0, "x")] == 13
    assert lines[("l", 1, "x", 1, 0)] == 15
    assert lines[("l", 1, "sub", "y")] == 17


@pytest.mark.threat(21)
@pytest.mark.parametrize(
    "broken", ["a = " + "[" * 5000, "a = " + "{a=" * 3000, ".".join("a" * 5000) + " = 1", "a = " + "9" * 5000]
)
def test_a_text_without_bounds_is_a_finding_like_any_other(broken: str) -> None:
    assert [finding.line for finding in check(broken)] == [1]
