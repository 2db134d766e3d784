"""Recognising a class teacher and people in a report by nicknames: 老班, 蓉姐. A doubtful word counts as
the person; a word that reports use for other things does not. Not an operation.
"""

from __future__ import annotations

import re
from typing import Final

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧肖程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范石姚"
    "谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚严施方文章陶温庄柳祝倪莫单聂翟齐牛岳"
)
TEACHER: Final = re.compile(
    f"老班(?![级长])|班头|班导|班任|班妈|(?<![{SURNAMES}])老师|"
    "(?<![a-z])(?:homeroom|home room|form|class|head|the|our|my|a|his|her|their|that) teacher(?![a-z])"
)
DEPUTY: Final = re.compile(
    "副班(?!级?[长干])|副老班|(?<![a-z])(?:deputy|vice|second|assistant)[ -](?:[a-z]+ )?teacher(?![a-z])"
)
EVERYDAY: Final = re.compile(
    "明明|刚刚|常常|天天|人人|家家|年年|时时|处处|样样|多多|好好|早早|久久|一一|万万|通通|统统|偏偏|恰恰|纷纷|频频|默默|"
    "[爸妈哥姐弟妹叔爷奶公婆宝娃]{2}|"
    "小(?:[学时心区组程说号孩路名数气结题型票店道费事人声姐哥弟妹叔]|红书|文[件章字]|明白)|"
    "[学师表堂大帅][哥姐弟妹叔爷姨]|子弟|班主任|[孩儿样电房车分因种君公女妻男父母日金]子|[中语英外]文(?!老师)"
)
"""Words that only look like a nickname."""
FAMILIAR = "姐|哥|叔|姨|弟|妹|爷|老师|老大|老板|主任|经理|总(?![是之会的算共体结部裁监量数有])|sir(?![a-z])"


def with_teacher(text: str) -> str:
    """Write for whatever a class teacher or their deputy is called in folded ``text`` what the office is
    called; who says 副班主任 may mean either."""
    said = TEACHER.sub("班主任", text)
    return f"{said} 备份责任人" if DEPUTY.search(text) else said


def is_nicknamed(text: str, surname: str, given: str) -> bool:
    """Return whether folded ``text`` has a nickname of a character of the given name."""
    if not re.match(r"[\u3400-\u9fff]", surname):
        return False
    found = [one for one in given if one in text]
    if not found:
        return False
    plain = EVERYDAY.sub(" ", text)
    return any(re.search(f"{one}(?:{FAMILIAR}|{one}|子)|[小阿]{one}", plain) for one in map(re.escape, found))
