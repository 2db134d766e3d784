"""A value's source is told in the reader's language (C.8)."""

from __future__ import annotations

import pytest

from db.desk.entry.sources import of_import, of_request, source_text
from db.language import say


@pytest.mark.clause("C.8")
def test_a_source_is_told_in_both_languages() -> None:
    notes = [of_import("员工通讯录.xlsx"), of_request(5), "按档案"]
    assert [say(source_text(note), "zh_CN") for note in notes] == [
        "导入自 员工通讯录.xlsx",
        "申请 5",
        "按档案",
    ]
    assert [say(source_text(note), "en") for note in notes] == [
        "imported from 员工通讯录.xlsx",
        "request 5",
        "按档案",
    ]
