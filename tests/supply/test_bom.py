"""The bill and the list of licences say what is locked."""

from __future__ import annotations

import re

import pytest

from tests.supply import bom, licences
from tests.supply.reading import RUNTIME, pins


@pytest.mark.threat(46)
def test_the_bill_holds_every_package_that_is_locked_and_none_else() -> None:
    bill = bom.bill()
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill["serialNumber"])
    said = [
        (
            one["name"], one["version"], one["purl"], {digest["content"] for digest in one["hashes"]},
            [choice["expression"] for choice in one["licenses"]],
        )
        for one in bill["components"]
    ]  # fmt: skip
    assert said == [
        (
            pin.name, pin.version, f"pkg:pypi/{pin.name}@{pin.version}", {*pin.digests},
            [licences.licence(pin.name)],
        )
        for pin in pins(RUNTIME)
    ]  # fmt: skip


def test_every_package_of_the_bill_is_there_because_the_program_needs_it() -> None:
    bill = bom.bill()
    on = {edge["ref"]: edge["dependsOn"] for edge in bill["dependencies"]}
    left, reached = [bill["metadata"]["component"]["bom-ref"]], set()
    while left:
        one = left.pop()
        reached.add(one)
        left += [needed for needed in on[one] if needed not in reached]
    assert reached == set(on)
    assert len(on) == len(bill["components"]) + 1


def test_one_lock_gives_one_bill() -> None:
    assert bom.text() == bom.text()


@pytest.mark.threat(46)
def test_the_list_of_licences_is_that_of_the_lock() -> None:
    assert licences.DOCUMENT.read_text("utf-8") == licences.document(), "run `make bom`"


@pytest.mark.threat(46)
def test_every_licence_lets_the_program_be_handed_on_as_it_is() -> None:
    said = {pin.name: licences.licence(pin.name) for pin in pins(RUNTIME)}
    assert {name: one for name, one in said.items() if not licences.may_be_used(one)} == {}


@pytest.mark.parametrize(
    ("expression", "good"),
    [
        ("MIT", True),
        ("EPL-2.0 OR GPL-2.0-or-later", True),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-only OR GPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False),
        ("Apache-2.0 AND (MIT OR BSD-3-Clause)", True),
        ("GPL-3.0-only AND (MIT OR BSD-3-Clause)", False),
        ("Apache-2.0 WITH LLVM-exception", False),
    ],
)
def test_of_several_licences_one_choice_has_to_be_good_as_a_whole(expression: str, good: bool) -> None:
    assert licences.may_be_used(expression) is good


def test_those_that_ask_for_more_are_told_of() -> None:
    text = licences.DOCUMENT.read_text("utf-8").partition(licences.HEADING)[0]
    asking = {
        pin.name
        for pin in pins(RUNTIME)
        if not licences.may_be_used(licences.licence(pin.name), licences.WITHOUT_CONDITIONS_ON_US)
    }
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")][1:]
    assert {name.strip() for row in rows for name in row.split(",")} == asking


def test_a_package_without_an_exact_licence_says_where_to_put_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licences, "FROM_THEIR_TEXT", {})
    with pytest.raises(licences.Unclear, match="segno gives no exact licence"):
        licences.licence("segno")
