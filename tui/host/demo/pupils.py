"""A class as rows of a spreadsheet: pupils with their parents and whom to call in an emergency."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from tui.host.demo.cast import Role
from tui.host.demo.people import Crowd

HEADINGS = (
    "姓名", "班级", "性别", "学号", "出生日期", "籍贯", "家长姓名", "家长电话", "家庭住址", "紧急联系人",
    "紧急联系电话", "与学生关系", "同学间联系方式",
)  # fmt: skip
PLACES = ("浙江绍兴", "北京海淀", "江苏无锡", "山东济南", "湖北武汉", "四川成都", "河北保定", "辽宁大连")
STREETS = ("文化路", "学府街", "和平里", "建设大街", "槐树巷", "中关村南路", "翠湖北路")
RELATIONS = ("祖父", "祖母", "外祖父", "外祖母", "姑姑", "舅舅")


def pupil_rows(unit: str, size: int, cast: Sequence[Role], crowd: Crowd) -> list[list[str]]:
    names = [role.name for role in cast if role.unit == unit]
    while len(names) < size:
        name, *_parts = crowd.names.next_name()
        if name not in names:  # an import would take a namesake in one class for the same pupil
            names.append(name)
    return [list(HEADINGS), *(_pupil(name, unit, place, crowd) for place, name in enumerate(names, start=1))]


def _pupil(name: str, unit: str, place: int, crowd: Crowd) -> list[str]:
    random = crowd.random
    surname = crowd.names.split(name)[0]
    father = surname + random.choice(("建国", "志强", "明远", "海涛", "立新"))
    mother = crowd.names.next_name()[0]
    born = date(2009, 9, 1) + timedelta(days=random.randrange(365))
    return [
        name,
        unit,
        random.choice(("男", "女")),
        f"202403{place:02d}",
        born.isoformat(),
        random.choice(PLACES),
        f"{father}；{mother}",
        f"{crowd.mobile()}；{crowd.mobile()}",
        f"{random.choice(STREETS)} {random.randrange(1, 120)} 号 {random.randrange(1, 7)} 单元",
        surname + random.choice(("德福", "秀英", "玉兰", "长贵")),
        crowd.mobile(),
        random.choice(RELATIONS),
        f"班级群 {place:02d} 号",
    ]
