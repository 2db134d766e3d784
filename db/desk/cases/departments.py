"""Recognising a department in a report by what it is called every day: 人事部, HR and 人力资源部 are one. A
doubtful word counts as the department; a word that reports use for other things does not. Not an operation.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

DEPARTMENTS: Final = {
    "personnel": "人力资源|人力|人事|人资|(?<![a-z])(?:human resources|personnel|hr)(?![a-z])",
    "it": "信息技术|信息化|信息管理|信息中心|网管|(?<![a-z])(?:information technology|it)(?![a-z])",
    "administration": "行政|(?<![a-z])administration(?![a-z])",
    "safety": "安全生产|安全管理|安监|安环|(?<!信息)(?<!网络)(?<!数据)安全(?!员)|(?<![a-z])safety(?![a-z])",
    "security": "信息安全|网络安全|数据安全|网安|安全(?!生产|管理|员)|"
    "(?<![a-z])(?:information )?security(?![a-z])",
    "executive-office": "总经理办公|总经办|总裁办|(?<![a-z])ceo'?s office(?![a-z])",
    "school": "学校|(?<![a-z])school(?![a-z])",
}
"""Patterns of all usual names of each department; a unit may be several of them: 行政人事部."""
NOT_ONE_OF_IT = (
    "(?!\\s*(?:的(?![人同某])|的?副?(?:负责人|总|经理|主任|主管|总监|部长|处长|科长|组长|领导|一把手|老大|老板|头儿|[专助文][员理])|"
    "head|manager|director|chief|lead|boss|officer|assistant))"
)
"""Must not follow a department's name: 人事经理 is one person, not the department."""
SAID_AS_UNIT = (
    "(?:部门|部(?![分署门])|处(?![理罚置分于])|科(?![技学目研])|中心|办公室|办(?![理法事公])|室|组(?![织长])|同事|的人|的同|"
    f"那边|那帮|们|department|dept|team|people|staff|office){NOT_ONE_OF_IT}"
)
ALONE: Final = {
    "personnel": "(?:人事(?![变档调任关信资局管行部门处科组])|人力资源(?![市公管部处科中])|"
    "(?<![a-z])hr(?![a-z]))" + NOT_ONE_OF_IT,
    "it": "(?<![a-z])IT(?![a-z])" + NOT_ONE_OF_IT,
    "executive-office": f"(?:总经办|总裁办){NOT_ONE_OF_IT}",
    "school": "校方|校办|校领导|校长|教务处|政教处|学校(?:领导|管理|行政)|学校(?=[把将给卖泄])|"
    "(?<![a-z])(?:head(?:master|mistress)|school (?:administration|management|leader))",
}
"""Patterns that mean a department without 部, team or the like behind them."""
IT: Final = re.compile(r"(?<![A-Za-z0-9])(?:I\.?T(?![A-Za-z])|it(?=\s*[\u3400-\u9fff])|(?<=\[)it(?=\]))")
"""Matches IT the department, and not the English pronoun."""


def departments_in(name: str) -> set[str]:
    """Return which of `DEPARTMENTS` the folded name of a unit or an office tells of."""
    return {department for department, called in DEPARTMENTS.items() if re.search(called, name)}


def departments_said(words: str, text: str) -> set[str]:
    """Return which of `DEPARTMENTS` are meant in ``words``, folded ``text``: said as a unit, or alone in
    brackets as whom a report is about."""
    if IT.search(unicodedata.normalize("NFKC", words)):
        text = re.sub(r"(?<![a-z])it(?![a-z])", "IT", text)
    said = {department for department, pattern in ALONE.items() if re.search(pattern, text)}
    for department, called in DEPARTMENTS.items():
        if re.search(rf"(?:{called})\s*{SAID_AS_UNIT}|\[(?:the )?(?:{called})\]", text):
            said.add(department)
    return said


def says_unit(text: str, unit: str, stem: str, unit_en: str) -> bool:
    """Return whether folded ``text`` names a unit: by its name, its ``stem`` as of a unit, or in brackets."""
    named = re.escape(unit_en)
    if re.search(r"[\u3400-\u9fff]", unit):
        said = rf"{re.escape(unit)}{NOT_ONE_OF_IT}|{re.escape(stem)}{SAID_AS_UNIT}|\[{re.escape(stem)}\]"
        if re.search(said, text):
            return True
    else:
        named = "|".join(filter(None, (re.escape(unit), named)))
    english = (
        rf"(?<![a-z])(?:{named})\s*{SAID_AS_UNIT}|department of (?:{named})(?![a-z])|\[(?:the )?(?:{named})\]"
    )
    return bool(named) and re.search(english, text) is not None
