"""A small believable organisation in the open store, for everybody's tests.

Three books: ``staff`` under the enterprise regulation (A), ``subsidiary`` under the first security
regulation (C) and ``group`` under the company regulation (E). Nobody here has a password; `World.actor`
opens a session as signing in would.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from db.desk import Actor, Desk, open_desk
from db.desk.authority.offices import set_head
from db.desk.authority.permissions import policy_of
from db.desk.entry.record import create_entry
from db.desk.entry.units import create_book, create_unit
from db.desk.privacy.collection import NoticeDue, key_of, notice_of, store_notice_text
from db.language import Label
from db.policy.effective import EffectivePolicy
from db.store import clock
from db.store.binding import binding_digest
from db.store.engine import store
from db.store.searchkeys import Side
from db.store.tables import Account, Entry, Grant, Person, SignInSession, UndertakingAccepted
from db.store.transactions import writing

BOOKS = {
    "staff": (Label("员工通讯录", "Staff"), ["enterprise"], Label("华星集团", "Huaxing Group")),
    "subsidiary": (
        Label("华星软件通讯录", "Huaxing Software"), ["directory-security"], Label("华星软件", "Software"),
    ),
    "group": (Label("集团公司通讯录", "Group company"), ["company"], Label("集团公司", "Group company")),
}  # fmt: skip

UNITS: dict[str, Sequence[str]] = {
    "staff": (
        "总经理办公室", "研发中心", "研发中心/研发一部", "研发中心/研发二部", "销售中心",
        "销售中心/华东销售部", "人力资源部", "信息安全部", "信息技术部",
    ),
    "subsidiary": ("产品部", "产品部/设计组", "交付部", "人事部", "信息安全组", "信息技术组", "外部联系人"),
    "group": ("集团办公室", "财务中心", "财务中心/会计部", "法务部", "人力资源部", "外部联系人"),
}  # fmt: skip
OUTSIDE = "外部联系人"


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person's place in one book. ``login`` names the person in every book."""

    login: str
    name: str
    book: str
    unit: str
    position: str
    extension: str
    mobile: str
    head: bool = False
    roles: tuple[str, ...] = ()
    kind: str = "full-time"
    organisation: str = ""
    owner: str = ""


def _somebody(line: str) -> Somebody:
    cells = [cell.strip() for cell in line.split("|")]
    login, name, book, unit, position, extension, mobile, *rest = cells
    given = dict(cell.split("=") for cell in rest)
    return Somebody(
        login, name, book, unit, position, extension, mobile,
        head="head" in given,
        roles=tuple(filter(None, given.get("roles", "").split(","))),
        kind=given.get("kind", "full-time"),
        organisation=given.get("of", "").partition(",")[0],
        owner=given.get("of", "").partition(",")[2],
    )  # fmt: skip


PEOPLE = tuple(
    _somebody(line)
    for line in """
    chenjing | 陈静 | staff | 总经理办公室 | 总经理 | 8001 | 13800001001 | head=1 | roles=chief-executive
    liwei | 李伟 | staff | 研发中心 | 研发总监 | 8010 | 13800001010 | head=1
    wangfang | 王芳 | staff | 研发中心/研发一部 | 研发一部经理 | 8011 | 13800001011 | head=1
    zhangwei | 张伟 | staff | 研发中心/研发一部 | 工程师 | 8012 | 13800002121
    zhangwen | 张文 | staff | 研发中心/研发一部 | 高级工程师 | 8015 | 13900001507
    zhengwei | 郑微 | staff | 研发中心/研发一部 | 助理工程师 | 8030 | 13700001030
    zhouwei | 周围 | staff | 研发中心/研发二部 | 测试主管 | 8101 | 13600008101 | head=1
    shanhong | 单宏 | staff | 研发中心/研发二部 | 测试工程师 | 8102 | 13600008102
    zhaomin | 赵敏 | staff | 销售中心 | 销售总监 | 8201 | 13500008201 | head=1
    qianjin | 钱进 | staff | 销售中心/华东销售部 | 区域经理 | 8202 | 13500008202 | head=1
    sunli | 孙丽 | staff | 销售中心/华东销售部 | 客户经理 | 8203 | 13500008203
    liuyang | 刘洋 | staff | 人力资源部 | 人力资源经理 | 8301 | 13300008301 | head=1 | roles=hr
    zengqing | 曾晴 | staff | 人力资源部 | 人事专员 | 8302 | 13300008302 | roles=hr
    helei | 何磊 | staff | 信息安全部 | 信息安全主管 | 8401 | 13200008401 | head=1 | roles=security
    guotao | 郭涛 | staff | 信息技术部 | 运维工程师 | 8501 | 13100008501 | head=1 | roles=it,admin
    gaoshan | 高山 | subsidiary | 产品部 | 产品总监 | 7001 | 13800007001 | head=1
    linxiao | 林晓 | subsidiary | 产品部/设计组 | 设计主管 | 7002 | 13800007002 | head=1
    tangyu | 唐雨 | subsidiary | 产品部/设计组 | 设计师 | 7003 | 13800007003
    xuning | 许宁 | subsidiary | 产品部 | 产品经理 | 7004 | 13800007004
    dengchao | 邓超 | subsidiary | 交付部 | 交付经理 | 7005 | 13800007005 | head=1
    fangmin | 方敏 | subsidiary | 人事部 | 人事经理 | 7006 | 13800007006 | head=1 | roles=hr
    yeqing | 叶青 | subsidiary | 人事部 | 人事专员 | 7009 | 13800007009 | roles=hr
    panlong | 潘龙 | subsidiary | 信息安全组 | 安全工程师 | 7007 | 13800007007 | head=1 | roles=security
    ouyangxue | 欧阳雪 | subsidiary | 信息技术组 | 系统管理员 | 7008 | 13800007008 | head=1 | roles=it,admin
    wuhao | 吴昊 | subsidiary | 外部联系人 | 总监 | 9001 | 13900009001 | kind=partner | of=蓝海咨询,gaoshan
    chenjing | 陈静 | group | 集团办公室 | 首席执行官 | 6001 | 13800001001 | head=1 | roles=chief-executive
    songjia | 宋佳 | group | 财务中心 | 财务总监 | 6002 | 13800006002 | head=1
    huangbo | 黄博 | group | 财务中心/会计部 | 会计主管 | 6003 | 13800006003 | head=1
    majun | 马军 | group | 财务中心/会计部 | 会计 | 6004 | 13800006004
    zhangwei | 张伟 | group | 法务部 | 合规专员 | 6005 | 13800002121
    liuyang | 刘洋 | group | 人力资源部 | 人力资源总监 | 6006 | 13300008301 | head=1 | roles=hr
    luoyan | 罗燕 | group | 人力资源部 | 人事专员 | 6007 | 13800006007 | roles=hr
    helei | 何磊 | group | 集团办公室 | 安全顾问 | 6008 | 13200008401 | roles=security
    xiejun | 谢军 | group | 外部联系人 | 采购经理 | 9101 | 13900009101 | kind=customer | of=东方贸易,songjia
    hanmei | 韩梅 | group | 外部联系人 | 销售经理 | 9102 | 13900009102 | kind=supplier | of=北辰科技,huangbo
    """.strip().splitlines()
)  # fmt: skip


HOST = "directory.example.com"
"""What everybody came to."""


@dataclass(slots=True)
class World:
    """Ids by name. ``units``: (book, path) -> unit; ``entries``: (book, login) -> entry."""

    units: dict[tuple[str, str], int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)
    entries: dict[tuple[str, str], int] = field(default_factory=dict)

    def unit(self, book: str, path: str = "") -> int:
        """The unit at ``path`` in ``book``; its root without one."""
        return self.units[book, path]

    def entry(self, login: str, book: str = "staff") -> int:
        """The person's entry in ``book``."""
        return self.entries[book, login]

    def actor(self, login: str, *, accepted: bool = True) -> Actor:
        """``login`` signed in anew, with every undertaking accepted unless asked otherwise."""
        account = self.accounts[login]
        with writing():
            session = SignInSession.create(
                account=account, source="192.0.2.7", front="ssh", strength="full", started_at=clock.now()
            )
            session.bound = binding_digest(store().keys, *session.binds())
            session.save()
            if accepted:
                self._accept(account)
        return Actor(account, login, session.id, "192.0.2.7", "ssh", "full", "zh_CN", f"ssh {login}@{HOST}")

    def desk(self, login: str, *, accepted: bool = True) -> Desk:
        """A desk for ``login``, signed in anew."""
        return open_desk(self.actor(login, accepted=accepted))

    def grant(self, login: str, role: str, book: str, unit: str = "") -> int:
        """Give ``login`` a role; the grant's id."""
        with writing():
            made = Grant.create(
                account=self.accounts[login], role=role, book=book, unit=self.units[book, unit],
                granted_at=clock.now(),
            )  # fmt: skip
        return int(made.id)

    def hire(
        self,
        login: str,
        name: str,
        unit: str,
        *,
        book: str = "staff",
        values: Mapping[str, str] | None = None,
    ) -> int:
        """One more employee with an account; the new entry."""
        somebody = Somebody(login, name, book, unit, "专员", "8999", "13412345678")
        with writing():
            return settle(self, somebody, dict(values or {}))

    def _accept(self, account: int) -> None:
        due = {
            (rule.policy, rule.version)
            for book in dict.fromkeys(book for book, _path in self.units)
            for rule in policy_of(book).undertakings
        }
        due |= notices_of({book for book, _path in self.units})
        rows = [{"account": account, "policy": policy, "version": version, "at": clock.now()}
                for policy, version in sorted(due)]  # fmt: skip
        UndertakingAccepted.insert_many(rows).on_conflict_ignore().execute()


_notices: dict[tuple[int, str], tuple[EffectivePolicy, NoticeDue]] = {}
"""By a policy's identity and the organisation's name. To write one takes longer than most tests do."""


def notices_of(books: Collection[str]) -> set[tuple[str, str]]:
    """The notices at collection of ``books`` as their people accept them."""
    at, found = clock.now(), set()
    for book in books:
        policy = policy_of(book)
        key = id(policy), store().settings.organisation
        if key not in _notices:
            _notices[key] = policy, notice_of(policy)
        due = _notices[key][1]
        store_notice_text(due, at)
        found.add((key_of(book), due.version))
    return found


def build_world() -> World:
    """The whole organisation in the open, empty store."""
    world = World()
    with writing():
        for number, (book, (title, policies, root)) in enumerate(BOOKS.items()):
            world.units[book, ""] = create_book(book, title, policies, root=root, sort=number)
            for path in UNITS[book]:
                above, _slash, name = path.rpartition("/")
                side: Side = "external" if name == OUTSIDE else "internal"
                world.units[book, path] = create_unit(book, name, world.units[book, above], side=side)
        for somebody in PEOPLE:
            settle(world, somebody, {})
    return world


def settle(world: World, somebody: Somebody, more: Mapping[str, str]) -> int:
    """Put one person into one book, with an account and roles where they work here."""
    login, book = somebody.login, somebody.book
    if login not in world.people:
        world.people[login] = Person.create(name=somebody.name).id
    unit = world.units[book, somebody.unit]
    values = {**_values(world, somebody), **more}
    entry = create_entry(
        book,
        unit,
        somebody.kind,
        {name: (value,) for name, value in values.items()},
        person=world.people[login],
        joined="2024-03-01",
        source="入职登记表",
    )
    world.entries[book, login] = entry
    if somebody.head:
        set_head(unit, entry)
    if somebody.kind == "full-time":
        _employ(world, somebody)
    return entry


def _employ(world: World, somebody: Somebody) -> None:
    login, moment = somebody.login, clock.now()
    if login not in world.accounts:
        account = Account.create(
            login=login, person=world.people[login], state="active", created_at=moment, password_set_at=moment
        )
        world.accounts[login] = account.id
    for role in somebody.roles:
        Grant.create(account=world.accounts[login], role=role, book=somebody.book, granted_at=moment)


def _values(world: World, somebody: Somebody) -> dict[str, str]:
    given = {
        "name": somebody.name,
        "position": somebody.position,
        "office_phone": f"+861062345678;ext={somebody.extension}",
        "extension": somebody.extension,
        "mobile": f"+86{somebody.mobile}",
        "email": f"{somebody.login}@huaxing.example",
        "wechat": f"wx_{somebody.login}",
        "organisation": somebody.organisation,
    }
    if somebody.owner:
        given["inside_owner"] = str(world.entries[somebody.book, somebody.owner])
    known = {rule.name for rule in policy_of(somebody.book).fields}
    return {name: value for name, value in given.items() if name in known and value}


def entry_of(entry: int) -> Entry:
    """The stored entry, for tests that look behind the desk."""
    found: Entry = Entry.get_by_id(entry)
    return found
