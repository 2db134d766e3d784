"""More books than `tests.world` has: one under each of the other regulations, and one under several.

``safety`` (B), ``class`` (D), ``wecom`` (G), ``general`` (F), ``secured`` and ``partners`` (both H),
``controlled`` (I) and ``combined`` (A + C + I, with human resources decided as the maintainer). They can
stand beside the books of `tests.world` or by themselves; a login is one person in all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from db.desk.entry.record import reindex_entry
from db.desk.entry.units import create_book, create_unit
from db.language import Label
from db.store import clock
from db.store.searchkeys import Side
from db.store.tables import Account, Book, EntryTag, Grant, Person
from db.store.transactions import writing
from tests.world import OUTSIDE, Somebody, World, settle


@dataclass(frozen=True, slots=True)
class Plan:
    """A book to be: ``units`` are paths below the root, ``people`` lines as in `PEOPLE`.

    ``keepers`` are accounts without an entry in the book: login -> (name, roles).
    """

    title: Label
    policies: Sequence[str]
    root: Label
    units: Sequence[str]
    people: str
    decisions: Mapping[str, object] = field(default_factory=dict)
    keepers: Mapping[str, tuple[str, Sequence[str]]] = field(default_factory=dict)


# login | name | unit | position | extension | mobile | then: head, kind=…, roles=… (book-wide),
# at=… (roles in the own unit and below), of=organisation,inside owner, and any other field of the book.
PLANS: Mapping[str, Plan] = {
    "safety": Plan(
        Label("安全员通讯录", "Safety officers"),
        ["safety-officers"],
        Label("华星制造", "Huaxing Works"),
        ("安全管理部", "一车间", "一车间/装配班", "二车间", "仓储部"),
        """
        panan | 潘安 | 安全管理部 | 安全管理部经理 | 3001 | 13800003001 | head | roles=safety
        kangle | 康乐 | 安全管理部 | 安全工程师 | 3002 | 13800003002 | roles=safety
        weiguo | 卫国 | 一车间 | 车间主任 | 3011 | 13800003011 | head | area=一车间 | duties=安全生产
        dingyi | 丁一 | 一车间 | 安全员 | 3012 | 13800003012 | at=officer | area=一车间 | duties=班前检查
        renhe | 任和 | 一车间/装配班 | 班组安全员 | 3013 | 13800003013 | area=装配线 | duties=班前检查
        niuer | 牛二 | 二车间 | 安全员 | 3021 | 13800003021 | head | at=officer | area=二车间 | duties=消防
        """,
    ),
    "class": Plan(
        Label("高一（3）班通讯录", "Class 3"),
        ["school-class"],
        Label("育才中学高一年级", "Yucai School, year 10"),
        ("高一（3）班", "高一（4）班"),
        """
        jiangtao | 江涛 | 高一（3）班 | | | 13900004001 | kind=student | sex=male | student_number=20260301
        luoxi    | 罗茜 | 高一（3）班 | | | 13900004002 | kind=student | sex=female | student_number=20260302
        mengfei  | 孟飞 | 高一（4）班 | | | 13900004003 | kind=student | sex=male | student_number=20260401
        """,
        keepers={
            "yanlaoshi": ("严老师", ("teacher",)),
            "shilaoshi": ("施老师", ("deputy-teacher",)),
            "jiaowuchu": ("教务处", ("school",)),
        },
    ),
    "wecom": Plan(
        Label("企业微信通讯录", "WeCom"),
        ["wecom"],
        Label("星云科技", "Nebula"),
        ("总经办", "人事行政部", "产品部", "产品部/运营组"),
        """
        luzong  | 陆总 | 总经办        | 总经理     | 5001 | 13800005001 | head | roles=general-manager
        huanghr | 黄蓉 | 人事行政部    | 人事经理   | 5002 | 13800005002 | head | roles=hr
        xuhr    | 徐然 | 人事行政部    | 人事专员   | 5003 | 13800005003 | roles=hr
        caiming | 蔡明 | 产品部        | 产品负责人 | 5011 | 13800005011 | head
        shuqi   | 舒琪 | 产品部/运营组 | 运营       | 5012 | 13800005012 | kind=part-time
        maoxiao | 毛晓 | 产品部/运营组 | 实习生     | 5013 | 13800005013 | kind=intern
        """,
    ),
    "general": Plan(
        Label("综合通讯录", "General directory"),
        ["general"],
        Label("联众商贸", "Lianzhong Trading"),
        ("总部", "人力资源部", "华北区", "华南区", OUTSIDE),
        """
        tanlan | 谭兰 | 总部       | 运营总监     | 2001 | 13800002001 | head | roles=director | region=华北
        jinhr  | 金瑞 | 人力资源部 | 人力资源经理 | 2002 | 13800002002 | head | roles=hr | region=华北
        yuhr   | 余慧 | 人力资源部 | 人事专员     | 2003 | 13800002003 | roles=hr | region=华北
        dubei  | 杜北 | 华北区     | 区域经理     | 2011 | 13800002011 | head | region=华北
        lunan  | 鲁南 | 华南区     | 销售         | 2021 | 13800002021 | region=华南
        vipke  | 韦贵 | 外部联系人 | 采购总监     | 2901 | 13900002901 | kind=customer | of=宏远集团,dubei
        hezuo  | 何左 | 外部联系人 | 渠道经理     | 2902 | 13900002902 | kind=partner | of=中通渠道,lunan
        """,
    ),
    "secured": Plan(
        Label("公司员工通讯录", "Company staff"),
        ["information-security"],
        Label("安信公司", "Anxin"),
        ("信息管理部", "人力资源部", "市场部", "市场部/策划组"),
        """
        xinan   | 辛安 | 信息管理部    | 信息主管     | 1001 | 13800001901 | head | roles=security
        fuhr    | 傅华 | 人力资源部    | 人力资源经理 | 1002 | 13800001902 | head | roles=hr
        ganhr   | 甘棠 | 人力资源部    | 人事专员     | 1003 | 13800001903 | roles=hr
        shibu   | 石布 | 市场部        | 市场经理     | 1011 | 13800001911 | head
        qinyu   | 秦玉 | 市场部/策划组 | 策划         | 1012 | 13800001912 |
        """,
    ),
    "partners": Plan(
        Label("合作伙伴通讯录", "Partners"),
        ["information-security"],
        Label("安信公司合作伙伴", "Partners of Anxin"),
        ("市场部", OUTSIDE),
        """
        shibu | 石布 | 市场部     | 市场经理 | 1011 | 13800001911 | head
        miaoke | 苗可 | 外部联系人 | 商务经理 | 1901 | 13900001991 | kind=partner | of=启明广告,shibu
        """,
        keepers={"xinan": ("辛安", ("security",)), "fuhr": ("傅华", ("hr",))},
    ),
    "controlled": Plan(
        Label("受控通讯录", "Controlled directory"),
        ["controlled-document"],
        Label("宏图集团", "Hongtu Group"),
        ("总裁办", "行政人事部", "技术部", "技术部/平台组", "上海办事处"),
        """
        tangceo  | 唐总 | 总裁办        | 首席执行官   | 4001 | 13800004101 | head | roles=chief-executive
        fengdir  | 冯总 | 行政人事部    | 总监         | 4002 | 13800004102 | head | roles=director
        zhuli    | 朱丽 | 行政人事部    | 助理         | 4003 | 13800004103 | roles=assistant | tagged
        taojs    | 陶军 | 技术部        | 经理         | 4011 | 13800004111 | head
        baizl    | 白芷 | 技术部        | 部门助理     | 4012 | 13800004112 | at=unit-assistant | tagged
        xiepi    | 解平 | 技术部/平台组 | 工程师       | 4013 | 13800004113 |
        shenjl   | 沈杰 | 上海办事处    | 办事处经理   | 4021 | 13800004121 | head
        wenmi    | 温蜜 | 上海办事处    | 办事处文秘   | 4022 | 13800004122 |
        """,
    ),
    "combined": Plan(
        Label("集团总册", "Group directory"),
        ["enterprise", "directory-security", "controlled-document"],
        Label("鼎新集团", "Dingxin Group"),
        ("总裁办", "行政人事部", "研发部", "研发部/测试组", "信息安全部", OUTSIDE),
        """
        gaoceo   | 高远 | 总裁办        | 首席执行官   | 8101 | 13800008801 | head | roles=chief-executive
        nidir    | 倪岚 | 行政人事部    | 总监         | 8102 | 13800008802 | head | roles=director
        tianhr   | 田禾 | 行政人事部    | 人力资源经理 | 8103 | 13800008803 | roles=hr
        zouhr    | 邹童 | 行政人事部    | 人事专员     | 8104 | 13800008804 | roles=hr
        zhongzl  | 钟灵 | 研发部        | 部门助理     | 8112 | 13800008812 | at=unit-assistant | tagged
        leijun   | 雷钧 | 研发部        | 经理         | 8111 | 13800008811 | head
        geyuan   | 葛园 | 研发部/测试组 | 测试工程师   | 8113 | 13800008813 |
        linan    | 林安 | 信息安全部    | 安全主管     | 8121 | 13800008821 | head | roles=security
        """,
        decisions={"maintainer": "hr"},
    ),
}  # fmt: skip

BEGAN = "2025-12-01T00:00:00.000000Z"
"""When the books were made: before the regulations took effect."""

PUPIL = {
    "birth_date": "2010-05-04", "native_place": "浙江绍兴", "parent_names": "家长甲",
    "parent_phones": "+8613600001234", "home_address": "文化路 8 号", "emergency_name": "家长乙",
    "emergency_phone": "+8613600005678", "emergency_relation": "祖父", "other_contact": "班级群",
}  # fmt: skip
"""What every pupil's entry holds besides what its line says."""

OFFICER = {"area": "全厂", "duties": "安全管理"}
"""The same of a safety officer."""

USUAL: Mapping[str, Mapping[str, str]] = {"student": PUPIL, "safety-officer": OFFICER}


def build_wider_world(*books: str, beside: World | None = None) -> World:
    """The named ``books`` (all of them without a name) in the open store, ``beside`` another world's."""
    world = beside or World()
    chosen = books or tuple(PLANS)
    with writing():
        for number, book in enumerate(chosen, start=100):
            _add(world, book, PLANS[book], number)
    return world


def _add(world: World, book: str, plan: Plan, sort: int) -> None:
    world.units[book, ""] = create_book(
        book, plan.title, plan.policies, root=plan.root, decisions=plan.decisions, sort=sort
    )
    Book.update(made_at=BEGAN).where(Book.id == book).execute()
    for path in plan.units:
        above, _slash, name = path.rpartition("/")
        side: Side = "external" if name == OUTSIDE else "internal"
        world.units[book, path] = create_unit(book, name, world.units[book, above], side=side)
    for login, (name, roles) in plan.keepers.items():
        employ(world, login, name, book, roles)
    for line in plan.people.strip().splitlines():
        _hire(world, book, [cell.strip() for cell in line.split("|")])


def _hire(world: World, book: str, cells: list[str]) -> None:
    login, name, unit, position, extension, mobile, *rest = cells
    given: dict[str, str] = {}
    for cell in filter(None, rest):
        key, _equals, given[key] = cell.partition("=")
    kind = given.pop("kind", "safety-officer" if book == "safety" else "full-time")
    organisation, _comma, owner = given.pop("of", "").partition(",")
    roles, at_unit = given.pop("roles", ""), given.pop("at", "")
    tagged = given.pop("tagged", None) is not None
    somebody = Somebody(
        login, name, book, unit, position, extension, mobile, head=given.pop("head", None) is not None,
        kind=kind, organisation=organisation, owner=owner,
    )  # fmt: skip
    settle(world, somebody, {**USUAL.get(kind, {}), **given})
    if tagged:
        EntryTag.create(entry=world.entry(login, book), tag="outside-contact")
        reindex_entry(world.entry(login, book))
    if not organisation:
        employ(world, login, name, book, filter(None, roles.split(",")))
        if at_unit:
            world.grant(login, at_unit, book, unit)


def employ(world: World, login: str, name: str, book: str, roles: Iterable[str]) -> None:
    """An account that can sign in, with ``roles`` throughout ``book``."""
    moment = clock.now()
    if login not in world.people:
        world.people[login] = Person.create(name=name).id
    if login not in world.accounts:
        world.accounts[login] = Account.create(
            login=login, person=world.people[login], state="active", created_at=moment, password_set_at=moment
        ).id
    for role in roles:
        Grant.create(account=world.accounts[login], role=role, book=book, granted_at=moment)
