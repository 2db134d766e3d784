"""What departments are called in passing: 人事部, HR and 人力资源部 are one. In doubt one is meant, but no
everyday word means any. Not an operation.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

DEPARTMENTS: Final = (
    "人力资源|人力|人事|人资|(?<![a-z])(?:human resources|personnel|hr)(?![a-z])",
    "信息技术|信息化|信息管理|信息中心|网管|(?<![a-z])(?:information technology|it)(?![a-z])",
    "行政|(?<![a-z])administration(?![a-z])",
    "安全生产|安全管理|安监|安环|(?<!信息)(?<!网络)(?<!数据)安全(?!员)|(?<![a-z])safety(?![a-z])",
    "信息安全|网络安全|数据安全|网安|安全(?!生产|管理|员)|(?<![a-z])(?:information )?security(?![a-z])",
    "总经理办公|总经办|总裁办|(?<![a-z])ceo'?s office(?![a-z])",
    "学校|(?<![a-z])school(?![a-z])",
)
"""Each by all its usual names, of which several may stand in the name of one unit: 行政人事部."""
NOT_ONE_OF_IT = (
    "(?!\\s*(?:的(?![人同某])|的?副?(?:负责人|总|经理|主任|主管|总监|部长|处长|科长|组长|领导|一把手|老大|老板|头儿|[专助文][员理])|"
    "head|manager|director|chief|lead|boss|officer|assistant))"
)
"""Of whom but one is said to be meant, that one is."""
SAID_AS_UNIT = (
    "(?:部门|部(?![分署门])|处(?![理罚置分于])|科(?![技学目研])|中心|办公室|办(?![理法事公])|室|组(?![织长])|同事|的人|的同|"
    f"那边|那帮|们|department|dept|team|people|staff|office){NOT_ONE_OF_IT}"
)
ALONE: Final = {
    0: "(?:人事(?![变档调任关信资局管行部门处科组])|人力资源(?![市公管部处科中])|(?<![a-z])hr(?![a-z]))"
    + NOT_ONE_OF_IT,
    1: "(?<![a-z])IT(?![a-z])" + NOT_ONE_OF_IT,
    5: f"(?:总经办|总裁办){NOT_ONE_OF_IT}",
    6: "校方|校办|校领导|校长|教务处|政教处|学校(?:领导|管理|行政)|学校(?=[把将给卖泄])|"
    "(?<![a-z])(?:head(?:master|mistress)|school (?:administration|management|leader))",
}
"""Those that mean the department without another word."""
IT: Final = re.compile(r"(?<![A-Za-z0-9])(?:I\.?T(?![A-Za-z])|it(?=\s*[\u3400-\u9fff])|(?<=\[)it(?=\]))")
"""The department, as it is told from the pronoun."""


def departments_in(name: str) -> set[int]:
    """Return which of `DEPARTMENTS` the folded name of a unit or an office tells of."""
    return {number for number, called in enumerate(DEPARTMENTS) if re.search(called, name)}


def departments_said(words: str, text: str) -> set[int]:
    """Return which of `DEPARTMENTS` are meant in ``words``, folded ``text``: said as a unit, or alone in
    brackets as whom a report is about."""
    if IT.search(unicodedata.normalize("NFKC", words)):
        text = re.sub(r"(?<![a-z])it(?![a-z])", "IT", text)
    said = {number for number, pattern in ALONE.items() if re.search(pattern, text)}
    for number, called in enumerate(DEPARTMENTS):
        if re.search(rf"(?:{called})\s*{SAID_AS_UNIT}|\[(?:the )?(?:{called})\]", text):
            said.add(number)
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
