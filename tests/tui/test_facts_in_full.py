"""A row in full: what its columns and its facts both say is said once."""

from __future__ import annotations

from typing import Any, cast

from db.desk.policies.summaries import Lesson
from db.language import Label, Text, say
from tui.sheets.asks import At
from tui.sheets.reading import facts_of
from tui.sheets.rules import SUMMARY


def test_a_rule_in_brief_is_told_once_and_each_of_its_sentences_by_itself() -> None:
    lesson = Lesson("H.5.4", Label("交还。", "Handed back."), ("一。", "二。"))
    said = [
        (say(cast("Text", label), "en"), value)
        for label, value in facts_of(SUMMARY, cast("At[Any]", None), lesson)
    ]
    assert said == [
        ("Clause", "H.5.4"), ("Rule", lesson.text), ("For you", "一。"), ("For you", "二。"),
    ]  # fmt: skip
