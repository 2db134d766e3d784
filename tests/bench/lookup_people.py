"""A made-up organisation of any size for the look-up benchmark, and the questions put to it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from db.store.searchkeys import readings

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁"
    "任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴"
    "莫孔向汤"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建文辉玲志红宇轩浩然子涵雨欣怡佳琪思远博雅晨曦俊"
    "峰海燕国庆春梅冬雪永康德胜家豪天成立新少云玉兰金凤庆林晓东立民长江学友宏图景天一鸣若曦诗涵梓萱语"
    "嫣书瑶嘉懿煜城懿轩烨伟苑博伟泽熠彤鸿煊"
)
CENTRES = ("研发", "销售", "生产", "采购", "财务", "行政", "客服", "物流", "质量", "法务")
DEPARTMENTS = ("一部", "二部", "三部", "四部", "五部")
REGIONS = ["华东", "华南", "华北", "华中", "西南", "西北", "东北", "海外"]
POSITIONS = ("工程师", "高级工程师", "主管", "经理", "专员", "助理", "总监", "技术员", "顾问", "分析师")
PEOPLE_A_DEPARTMENT = 100

KINDS = (
    "one character", "full name", "given name", "pinyin", "initials", "number's end", "unit and name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """A unit: the number of its parent (None: the root) and its name."""

    parent: int | None
    name: str


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """A person in unit number ``unit``."""

    unit: int
    name: str
    pinyin: str
    initials: str
    position: str
    extension: str
    phone: str
    mobile: str
    email: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is typed; ``kind`` is one of KINDS. ``unit``: the number of a department to look in."""

    kind: str
    text: str
    unit: int


class Organisation:
    """``people`` people in departments of a hundred, in centres, in companies, under one root."""

    def __init__(self, people: int, seed: int = 20261123) -> None:
        self.count = people
        self.seed = seed
        self.units: list[UnitPlan] = [UnitPlan(None, "华星集团")]
        self.departments: list[int] = []
        companies = max(people // (PEOPLE_A_DEPARTMENT * len(CENTRES) * len(DEPARTMENTS)), 1)
        for company in range(companies):
            self._company(f"{REGIONS[company % len(REGIONS)]}{company // len(REGIONS) + 1}公司")

    def people(self) -> Iterator[PersonPlan]:
        """Everyone; the same people at every call."""
        chance = random.Random(self.seed)
        weights = [1 / (rank + 3) for rank in range(len(SURNAMES))]
        surnames = chance.choices(SURNAMES, weights, k=self.count)
        for number, surname in enumerate(surnames):
            given = chance.choice(GIVEN) + (chance.choice(GIVEN) if chance.random() < 0.8 else "")
            name = surname + given
            syllables = readings(name)[0]
            pinyin = "".join(syllables)
            yield PersonPlan(
                unit=self.departments[number * len(self.departments) // self.count],
                name=name,
                pinyin=pinyin,
                initials="".join(syllable[0] for syllable in syllables),
                position=chance.choice(POSITIONS),
                extension=f"{8000 + number % 2000}",
                phone=f"0106{number:07d}",
                mobile=f"13{8 + number % 2}{chance.randrange(10**8):08d}",
                email=f"{pinyin}{number}@huaxing.example",
            )

    def path(self, unit: int) -> tuple[str, ...]:
        """The names of a unit and those above it, without the root, its own last."""
        plan = self.units[unit]
        return () if plan.parent is None else (*self.path(plan.parent), plan.name)

    def questions(self, each: int) -> list[Question]:
        """``each`` questions of every kind, most of which find someone, in a mixed order."""
        chance = random.Random(self.seed + 1)
        sample = list(self._sample(chance, each))
        found = []
        for person in sample:
            for kind in KINDS:
                found.append(Question(kind, self._text(kind, person, chance), person.unit))
        chance.shuffle(found)
        return found

    def _text(self, kind: str, person: PersonPlan, chance: random.Random) -> str:
        match kind:
            case "one character":
                return chance.choice(person.name)
            case "full name":
                return person.name
            case "given name":
                return person.name[1:]
            case "pinyin":
                return person.pinyin[: chance.randrange(4, 10)]
            case "initials":
                return person.initials
            case "number's end":
                return person.phone[-chance.randrange(4, 7) :]
            case _:
                return f"{self.units[person.unit].name[:2]} {person.name[:2]}"

    def _sample(self, chance: random.Random, count: int) -> Iterator[PersonPlan]:
        step = max(self.count // count, 1)
        for number, person in enumerate(self.people()):
            if number % step == 0:
                yield person

    def _company(self, name: str) -> None:
        company = self._unit(0, name)
        for centre_name in CENTRES:
            centre = self._unit(company, f"{centre_name}中心")
            for department in DEPARTMENTS:
                self.departments.append(self._unit(centre, f"{centre_name}{department}"))

    def _unit(self, parent: int, name: str) -> int:
        self.units.append(UnitPlan(parent, name))
        return len(self.units) - 1
