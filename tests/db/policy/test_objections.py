"""What the check objects to in a file that is well formed, with what to write instead: rules that could never
do anything, fields that can't be kept as it says, words that mean nobody. And what it only remarks on."""

from __future__ import annotations

import pytest

from db.language import say
from db.policy.loader import check, load, load_recorded
from db.policy.remarks import remarks
from tests.db.policy.texts import EDITION, FIELDS, assert_told, text

OFFICES = (
    'roles = [{ id = "desk", zh = "台", en = "Desk", clause = "X.1" }]\n'
    'maintainer = { role = "desk", clause = "X.1" }\n'
)
OF = 'fields = [{ name = "%s", %s, clause = "X.1" }]'
DISCIPLINED = (
    'maintainer = { role = "hr", clause = "X.1" }\ncases = [{ id = "leak", clause = "X.1" }]\n'
    'sanctions = [{ id = "warning", clause = "X.1" }]\n'
    "[discipline]\nclause = 'X.1'\nmanagement = [%s]\n"
)
JUDGES = 'judge = "director"\n'
DUE = 'every = "week", due = { time = "08:00", clause = "X.1" }'
IDLE = [
    (
        EDITION.replace("recipients = { everyone = true", "recipients = { everyone = false") % DUE,
        4,
        "editions.0.recipients",
        "Nobody would receive this edition",
    ),
    (
        EDITION.replace("include = { everyone = true }", "include = {}") % DUE,
        4,
        "editions.0.include",
        "Nobody would be in this edition",
    ),
    (
        'cases = [{ id = "leak", clause = "X.1" }]\nsanctions = [{ id = "warning", clause = "X.1" }]\n'
        'fines = [{ case = "leak", amount = 5, clause = "X.2" }]',
        6,
        "fines.0",
        '{ id = "fine", clause = "X.2" }',
    ),
    ('categories = [{ id = "partner", clause = "X.1" }]', 4, "categories.0", "units = true"),
    ('facets = [{ by = "tag", clause = "X.1" }]', 4, "facets.0", "add tags"),
    ('duty.sync = { days = 1, from = "join", clause = "X.1" }', 4, "duty.sync", "Add sync"),
    (
        'duty.leaver = { days = 1, from = "leave", requires = ["sync"], clause = "X.1" }',
        4,
        "duty.leaver.requires",
        "Add sync",
    ),
    ('reviews = [{ every = "week", of = "stale", clause = "X.1" }]', 4, "reviews.0", "Add stale"),
    (
        'reviews = [{ every = "week", verdicts = ["removed"], clause = "X.1" }]',
        4,
        "reviews.0.verdicts",
        'add "right"',
    ),
    ('backups = { every = "once", clause = "X.1" }', 4, "backups.every", 'every = "day"'),
    (
        'notices = [{ to = "departments", every = "once", clause = "X.1" }]',
        4,
        "notices.0.every",
        'every = "week"',
    ),
    ('notices = [{ to = "person", every = "week", clause = "X.1" }]', 4, "notices.0.to", "departments, unit"),
    (
        'watches = [{ what = "overdue", to = "hr", entries_a_day = 3, clause = "X.1" }]',
        4,
        "watches.0.entries_a_day",
        'Only what = "usage"',
    ),
    ('screening = [{ what = "advertising", clause = "X.1" }]', 4, "screening.0", "Add words"),
    (
        'screening = [{ what = "bank-card", words = ["卡"], clause = "X.1" }]',
        4,
        "screening.0.words",
        "leave words out",
    ),
    ('overrides = { keys = ["training"], clause = "X.1" }', 4, "overrides.keys.0", "nothing is replaced"),
    (
        'header = [{ role = "hr", fields = ["pager"], clause = "X.1" }]',
        4,
        "header.0.fields",
        "no field pager",
    ),
    (
        FIELDS % 'clause = "X.1"' + 'emergency = { fields = ["fax"], clause = "X.1" }',
        8,
        "emergency.fields",
        "no telephone number",
    ),
    (
        'fields = [{ name = "mobile", clause = "X.1" }]\nemergency = { fields = ["mobile"], '
        'whose = [{ number = "name", names = ["name"] }], clause = "X.1" }',
        5,
        "emergency.whose.0",
        "add it there",
    ),
    (
        FIELDS % 'clause = "X.1"'
        + 'sync = [{ system = "wecom", fields = ["fax"], on = ["join"], clause = "X.1" }]',
        8,
        "sync.0.fields",
        "no place for fax",
    ),
]
"""Of these nothing could ever come."""

KEPT = [
    *(
        (OF % (field, said), 4, f"fields.0.{key}", "every list")
        for field, key, said in (
            ("position", "visible_to", 'visible_to = ["self"]'),
            ("unit", "protected", "protected = true"),
            ("organisation", "private", "private = true"),
            ("inside_owner", "multiple", "multiple = true"),
        )
    ),
    (OF % ("unit", 'kind = "text"'), 4, "fields.0.kind", "leave kind out"),
    ('kinds = [{ id = "intern", clause = "X.1" }]\n' + OF % ("unit", 'applies_to = ["intern"]'), 5,
     "fields.0.applies_to", "Every entry has unit"),
    (FIELDS % 'visible_to = ["self", "it"], clause = "X.1"', 6, "fields.1.visible_to", "opens nothing to it"),
    (
        OF % ("fax", 'protected = true, visible_to = ["head"]')
        + '\nscopes = [{ role = "head", reach = "unit", protected = "hidden", clause = "X.1" }]',
        4, "fields.0.visible_to", 'protected = "reveal"',
    ),
    (FIELDS % 'visible_to = ["everyone", "hr"], clause = "X.1"', 6, "fields.1.visible_to", "one of the two"),
    (OF % ("fax", 'visible_to = ["hr", "hr"]'), 4, "fields.0.visible_to", "hr is in this list twice"),
    (FIELDS % 'choices = [{ id = "a", zh = "甲", en = "A" }], clause = "X.1"', 6, "fields.1.choices",
     'kind = "choice"'),
    (
        FIELDS % 'kind = "choice", choices = [{ id = "a", zh = "甲", en = "A" }, '
        '{ id = "a", zh = "乙", en = "B" }], clause = "X.1"',
        6, "fields.1.choices.1", "two choices with the id a",
    ),
    ('unit_fields = [{ name = "fax", visible_to = ["hr"], clause = "X.1" }]', 4, "unit_fields.0.visible_to",
     "leave visible_to out"),
    ('unit_fields = [{ name = "fax", private = true, clause = "X.1" }]', 4,
     "unit_fields.0.private", "leave private out"),
]  # fmt: skip
"""What a field can't be, or can't be kept to."""

OF_THE_FILE = [
    (OFFICES + 'deputy = { role = "desk", clause = "X.1" }', 6, "deputy.role", "stand in for itself"),
    ('deputy = { role = "maintainer", clause = "X.1" }', 4, "deputy.role", "such as hr"),
    ('cases = [{ id = "leak", to = "deputy", clause = "X.1" }]', 4, "cases.0.to", "Add deputy = {"),
    ('roles = [{ id = "everyone", zh = "人", en = "All", clause = "X.1" }]', 4, "roles.0.id", "another id"),
    (
        OFFICES + 'scopes = [{ role = "desk", reach = "book", clause = "X.1" }, '
        '{ role = "maintainer", reach = "book", clause = "X.2" }]',
        6, "scopes.1", "says again",
    ),
    ('denials = [{ role = "everyone", operations = ["edit"], clause = "X.1" }]', 4, "denials.0.operations",
     "nobody could keep the directory"),
    ('denials = [{ role = "head", operations = ["ask-access"], clause = "X.1" }]', 4, "denials.0.role",
     'role = "everyone"'),
    (OFFICES + 'reset = { ask = ["desk"], clause = "X.1" }\n'
     'second = { by = ["maintainer"], clause = "X.1" }', 7, "second.by",
     "nobody of another office could agree"),
    ('copies = { numbered = true, clause = "default" }', 4, "copies.clause", "no regulation states"),
    (EDITION.replace('true, clause = "X.1"', 'true, clause = "Article 3"') % DUE, 4,
     "editions.0.recipients.clause", "Article 3 is not a clause"),
    ('copies = { numbered = true, clause = ["X.1", "A.12"] }', 4, "copies.clause", "such as TEST.12"),
    *(
        (body, 4, key, f"Left out, {key.rpartition('.')[2]} means")
        for body, key in (
            ('fields = [{ name = "qq", applies_to = [], clause = "X.1" }]', "fields.0.applies_to"),
            ('flow.copy = { submit = [], clause = "X.1" }', "flow.copy.submit"),
            ('flow.copy = { steps = [], clause = "X.1" }', "flow.copy.steps"),
            ('reset = { ask = [], clause = "X.1" }', "reset.ask"),
            ('second = { by = [], clause = "X.1" }', "second.by"),
            ('reviews = [{ every = "week", verdicts = [], clause = "X.1" }]', "reviews.0.verdicts"),
            ('overrides = { keys = [], clause = "X.1" }', "overrides.keys"),
            (EDITION.replace("columns", "for_units = [], columns") % DUE, "editions.0.for_units"),
        )
    ),
    ('denials = [{ role = "it", operations = [], clause = "X.1" }]', 4, "denials.0.operations", "one into"),
    ("purposes = []", 4, "purposes", "at least one"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "line", "key", "why"), IDLE + KEPT + OF_THE_FILE)
def test_each_is_named_at_its_line_with_what_to_write_instead(
    body: str, line: int, key: str, why: str
) -> None:
    assert_told(body, line, key, why)


@pytest.mark.parametrize(
    ("effective", "meant"), [("1926-01-01", False), ("2206-01-01", False), ("2099-12-31", True)]
)
def test_a_year_that_is_a_misprint_is_told(effective: str, meant: bool) -> None:
    findings = check(text("", effective=effective))
    assert [(one.line, one.key) for one in findings] == [] if meant else [(2, "effective")]


def test_no_regulation_takes_the_place_of_the_default() -> None:
    (finding,) = check(text("", id="default"))
    assert (finding.line, finding.key) == (1, "id")


def test_another_version_of_a_shipped_regulation_keeps_its_letters() -> None:
    body = 'copies = { numbered = true, clause = "A.12" }'
    assert check(text(body, id="enterprise")) == []
    (finding,) = check(text(body, id="own-enterprise"))
    assert "Enterprise directory" in say(finding.message, "en")
    assert "OWN-ENTERPRISE.12" in say(finding.message, "en")


def test_what_stands_in_force_is_not_held_to_letters_of_its_own() -> None:
    body = text('copies = { numbered = true, clause = "A.12" }', id="own")
    assert load_recorded(body).version == "1"


@pytest.mark.parametrize(
    ("body", "key", "why"),
    [
        ("", "maintainer", "human resources do"),
        (OFFICES + 'supervisor = { role = "desk", clause = "X.1" }', "supervisor", "supervise itself"),
        (
            'maintainer = { role = "hr", clause = "X.1" }\n'
            'roles = [{ id = "porter", zh = "护工", en = "Porter", clause = "X.1" }]',
            "roles.0",
            "No rule names porter",
        ),
        (DISCIPLINED % '"director"', "discipline", "fewer offices are left"),
        (DISCIPLINED % '"director", "chief-executive"' + JUDGES, "discipline", "and its appeal one more"),
    ],
)
def test_what_may_be_meant_and_had_better_be_known_is_a_remark(body: str, key: str, why: str) -> None:
    assert check(text(body)) == []
    (remark,) = remarks(load(text(body)))
    assert remark.key == key
    assert why in say(remark.message, "en")
    assert say(remark.message, "zh_CN") != say(remark.message, "en")


def test_offices_that_carry_a_case_to_its_end_are_remarked_on_by_nothing() -> None:
    """Somebody of the management for the sanction and another for an appeal, neither of whom judged."""
    assert remarks(load(text(DISCIPLINED % '"director", "chief-executive"'))) == []
    three = DISCIPLINED % '"director", "general-manager", "chief-executive"'
    assert remarks(load(text(three + JUDGES))) == []


def test_a_role_that_the_owner_is_by_another_function_is_no_idle_one() -> None:
    body = (
        OFFICES
        + 'owner = { role = "maintainer", clause = "X.1" }\n'
        + 'backups = { every = "day", by = "owner", clause = "X.1" }'
    )
    assert remarks(load(text(body))) == []
