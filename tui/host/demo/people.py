"""The people of a book as rows of a spreadsheet, as HR would have kept them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from db.policy.compose import EffectivePolicy
from tui.host.demo.cast import BookPlan, Role
from tui.host.demo.names import Names

HEADINGS = (
    "姓名", "部门", "职务", "类别", "负责人", "入职日期", "办公电话", "分机", "手机", "固定电话", "传真",
    "邮箱", "QQ", "微信", "地区", "单位", "内部对接人",
)  # fmt: skip
FIELD_HEADINGS = {
    "办公电话": "office_phone",
    "分机": "extension",
    "固定电话": "landline",
    "传真": "fax",
    "邮箱": "email",
    "QQ": "qq",
    "微信": "wechat",
    "地区": "region",
    "单位": "organisation",
    "内部对接人": "inside_owner",
}
"""Columns that not every regulation knows, with the field that decides."""

POSTS = {
    "研发": ("工程师", "高级工程师", "资深工程师", "助理工程师", "架构师"),
    "前端": ("前端工程师", "高级前端工程师"),
    "后端": ("后端工程师", "高级后端工程师", "数据库工程师"),
    "测试": ("测试工程师", "高级测试工程师", "测试开发工程师"),
    "质量": ("测试工程师", "质量工程师"),
    "平台": ("平台工程师", "架构师", "运维开发工程师"),
    "产品": ("产品经理", "高级产品经理", "产品专员"),
    "用户": ("交互设计师", "视觉设计师", "用户研究员"),
    "办事处": ("客户经理", "高级客户经理", "售前工程师", "商务专员"),
    "大区": ("大区经理", "销售运营"),
    "实施": ("实施工程师", "项目经理", "实施顾问"),
    "客户服务": ("客服专员", "技术支持工程师", "客服主管"),
    "人力": ("人事专员", "招聘专员", "薪酬专员", "培训专员"),
    "财务": ("会计", "出纳", "财务分析师"),
    "会计": ("会计", "主管会计"),
    "资金": ("资金专员", "资金主管"),
    "法务": ("法务专员", "合规专员", "律师"),
    "信息": ("系统管理员", "网络工程师", "桌面支持工程师"),
    "审计": ("审计专员", "高级审计师"),
    "战略": ("投资经理", "战略分析师"),
    "品牌": ("品牌经理", "文案策划", "媒介经理"),
    "市场": ("市场专员", "市场经理"),
    "采购": ("采购专员", "采购主管"),
    "业务": ("业务员", "高级业务员", "跟单员"),
    "单证": ("单证员", "报关员"),
    "营销": ("置业顾问", "策划专员", "渠道专员"),
    "工程": ("工程师", "高级工程师", "造价工程师"),
    "设计": ("建筑设计师", "结构工程师"),
    "运营": ("运营", "内容运营"),
    "区": ("销售", "客户经理", "渠道经理"),
}
ANY_POST = ("专员", "主管", "文员")
OUTSIDE_POSTS = ("商务经理", "采购经理", "项目经理", "客户代表", "销售总监", "技术总监")
COMPANIES = (
    "蓝海咨询", "东方贸易", "北辰科技", "云帆物流", "中科智联", "锦程商务", "恒泰机电", "百川数据",
    "长青印务", "天工软件", "华南电子", "远景传媒",
)  # fmt: skip
MOBILES = ("135", "136", "137", "138", "139", "150", "151", "158", "159", "186", "188")


@dataclass
class Crowd:
    """Makes people who share no number or address with each other, in any book."""

    random: Random
    names: Names = field(init=False)
    taken: Counter[str] = field(default_factory=Counter)
    numbers: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.names = Names(self.random)

    def mobile(self) -> str:
        while True:
            number = f"{self.random.choice(MOBILES)}{self.random.randrange(10**8):08d}"
            if number not in self.numbers:
                self.numbers.add(number)
                return number

    def address(self, surname: str, given: str, domain: str) -> str:
        """Return an e-mail address that nobody else has; namesakes are numbered."""
        local = self.names.address_of(surname, given)
        self.taken[local] += 1
        number = self.taken[local]
        return f"{local}{number if number > 1 else ''}@{domain}"


class BookRows:
    """The rows of one book, the cast first in their units."""

    def __init__(self, plan: BookPlan, cast: tuple[Role, ...], policy: EffectivePolicy, crowd: Crowd) -> None:
        self.plan = plan
        self.cast = cast
        self.crowd = crowd
        self.random = crowd.random
        self.kinds = [kind.id for kind in policy.kinds if kind.side == "internal"]
        fields = {rule.name for rule in policy.fields}
        self.required = {rule.name for rule in policy.fields if rule.required}
        self.headings = [h for h in HEADINGS if FIELD_HEADINGS.get(h, "name") in fields]
        self.colleagues: list[str] = []
        self._extension = 8000

    def rows(self) -> list[list[str]]:
        """Return the whole sheet to import, headings first."""
        made = [
            self._row(role.name, role.unit, role.position, head=role.head, kind=role.kind, role=role)
            for role in self.cast
            if role.unit
        ]
        others = self.crowd.names.others() if not self.plan.outside else iter(())
        led = {role.unit for role in self.cast if role.head}
        for unit, size, post in self.plan.units:
            members = sum(role.unit == unit for role in self.cast)
            for number in range(max(size - members, 0)):
                head = number == 0 and unit not in led
                named = (None if head else next(others, None)) or self.crowd.names.next_name()
                made.append(
                    self._row(named[0], unit, post if head else self._post(unit), head=head, parts=named[1:])
                )
        made += self._temporary("兼职顾问", "part-time", self.plan.part_timers)
        made += self._temporary("实习生", "intern", self.plan.interns)
        for unit, size, kind in self.plan.outside:
            made += [self._contact(unit, kind) for _number in range(size)]
        return [list(self.headings), *([row.get(heading, "") for heading in self.headings] for row in made)]

    def _row(
        self,
        name: str,
        unit: str,
        position: str,
        *,
        head: bool = False,
        kind: str = "",
        role: Role | None = None,
        parts: tuple[str, ...] = (),
    ) -> dict[str, str]:
        surname, given = parts or self.crowd.names.split(name)
        address = (
            f"{role.login}@{self.plan.domain}"
            if role
            else self.crowd.address(surname, given, self.plan.domain)
        )
        self._extension += 1
        joined = date(2008, 1, 1) + timedelta(days=self.random.randrange(18 * 365))
        self.colleagues.append(address)
        row = {
            "姓名": name,
            "部门": unit,
            "职务": position,
            "类别": kind or self.kinds[0],
            "负责人": "是" if head else "",
            "入职日期": joined.isoformat(),
            "办公电话": f"{self.plan.exchange}{self._extension:04d}",
            "分机": f"{self._extension:04d}",
            "手机": self.crowd.mobile(),
            "邮箱": address,
        }
        if unit in self.plan.regions:
            row["地区"] = self.plan.regions[unit]
        if head:
            row["固定电话"] = f"{self.plan.exchange}{self._extension + 400:04d}"
            row["传真"] = f"{self.plan.exchange}{self._extension + 800:04d}"
        if "wechat" in self.required or self.random.random() < 0.6:
            row["QQ"] = str(self.random.randrange(10**7, 3 * 10**9))
            row["微信"] = (
                f"{address.partition('@')[0].replace('.', '_')[:16]}_{self.random.randrange(100, 999)}"
            )
        return row

    def _temporary(self, position: str, kind: str, count: int) -> list[dict[str, str]]:
        """Make ``count`` part-timers or interns, spread over the units; of the book's last kind if it has
        none of theirs."""
        kind = kind if kind in self.kinds else self.kinds[-1]
        units = [unit for unit, _size, _post in self.plan.units]
        made = []
        for _number in range(count):
            name, *parts = self.crowd.names.next_name()
            made.append(self._row(name, self.random.choice(units), position, kind=kind, parts=tuple(parts)))
        return made

    def _contact(self, unit: str, kind: str) -> dict[str, str]:
        """Make a person of another organisation, with a colleague as inside owner."""
        name, surname, given = self.crowd.names.next_name()
        company = self.random.choice(COMPANIES)
        number = COMPANIES.index(company)
        return {
            "姓名": name,
            "部门": unit,
            "职务": self.random.choice(OUTSIDE_POSTS),
            "类别": kind,
            "办公电话": f"010-6{self.random.randrange(10**6):06d}{number % 10}",
            "手机": self.crowd.mobile(),
            "邮箱": self.crowd.address(surname, given, f"partner{number}.example.com"),
            "地区": self.plan.regions.get(unit, ""),
            "单位": company,
            "内部对接人": self.random.choice(self.colleagues[: len(self.colleagues) // 2]),
        }

    def _post(self, unit: str) -> str:
        last = unit.rpartition("/")[2]
        for word, posts in POSTS.items():
            if word in last:
                return self.random.choice(posts)
        return self.random.choice(ANY_POST)
