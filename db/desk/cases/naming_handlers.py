"""Whether a report names somebody who would handle it: it goes to another then, from the beginning (A.18,
D.11.2). Not an operation.

Who reports needn't find anybody in the directory for it. Enough, in characters or pinyin, is
- the name, the given name, the login, or the surname with a title (严老师, 孙工, 罗经理); of a name with
  dots, of four characters or of a surname of two, a part of it (买买提, 次仁, 欧阳);
- a number, an extension or an address of the person's entry in any book;
- the position of that entry (信息主管), unless it is a mere title, as many have;
- a unit that they head, with a head's title (安全管理部经理);
- an office with one holder, or any office with a head's title (人力资源经理); the class teacher in
  a word of the class (老班);
- a title said alone (总监把名单卖了), which of all who may handle cases of the book one person has;
- a department that they belong to, or whose office they hold (人力资源部, 人事部, HR);
- a nickname from the given name (蓉姐, 浩子).
Whoever is named by mistake loses nothing but the case, so in doubt they are named.

Whom it names of those who hold an office, or did, is put on record when it is made: what a position, a unit
or a person is called later, and by whom, makes nobody named or unnamed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from peewee import JOIN, fn

from db.desk.authority.offices import is_single
from db.desk.authority.permissions import policy_of
from db.desk.cases.departments import departments_in, departments_said, says_unit
from db.desk.cases.nicknames import is_nicknamed, with_teacher
from db.desk.entry.record import load_entry
from db.desk.notation.values import NUMBERS, national_digits
from db.policy.effective import EffectivePolicy
from db.policy.vocabulary import HEAD
from db.store import clock
from db.store.engine import store
from db.store.sealing import unseal
from db.store.searchkeys import readings
from db.store.tables import Account, CaseFile, CaseNamed, Entry, Grant, Person, Unit, UnitAbove
from db.store.traditional import respelled

TWO_CHARACTERS: Final = frozenset(
    re.findall(
        "..",
        "欧阳司马上官诸葛东方皇甫尉迟公孙令狐慕容长孙宇文司徒夏侯万俟澹台单于申屠钟离端木南宫独孤西门闻人"
        "轩辕呼延赫连百里东郭淳于太史濮阳鲜于司空拓跋第五梁丘左丘",
    )
)
"""Surnames of two characters."""
BEFORE_TITLE = "(?:副|高级|高|大|小|年级|教研|总|代理|代|班)?"
TITLES = (
    "老师|老板|老总|工程师|工(?![作资具人厂期地艺序会程])|总(?![是会之的算共体])|董|经理|主任|主管|主席|主编|主办|负责人|"
    "处(?![理分罚置于境])|科(?![学技目研])|部(?![门分署])|局(?![面势部限])|院(?!子)|校|书记|助理|秘书|博士|教授|医生|"
    "大夫|师傅|先生|女士|太太|小姐|同志|同学|同事|哥|姐|姨|叔|伯|爷|奶奶|老(?![是人家])|队(?![伍友])|所(?![以有谓在说做为])|"
    "行长|站长|厂长|店长|班长|组长|会长|团长|员(?!工)|理事|顾问|律师|会计|出纳|护士|警官|干事|专员|专家|代表|某|家长|妈|爸|"
    "阿姨|大(?:姐|哥|妈|爷)|\\s?sir(?![a-z])"
)
SPOKEN_TITLES = (
    "laoshi|gong|gongchengshi|zong|dong|jingli|zhuren|zhuguan|chuzhang|kezhang|buzhang|xiaozhang|yuanzhang|"
    "shuji|zhuli|mishu|boshi|jiaoshou|yisheng|shifu|xiansheng|nvshi|nushi|xiaojie|ge|jie|mou"
)
ENGLISH_TITLES = (
    "mr|mrs|ms|miss|mx|dr|prof|professor|teacher|director|manager|engineer|head|chief|boss|principal|"
    "officer|assistant|secretary|doctor|sir|madam|lao|xiao"
)
LEADERS = (
    "负责人|总?经理|主任|主管|总监|部长|处长|科长|组长|领导|一把手|老大|老总|老板|头儿|"
    "head|manager|director|chief|lead(?:er)?|boss"
)
"""Titles of whoever heads a unit or has an office."""
MERE_TITLE: Final = re.compile(
    f"(?:部门)?{BEFORE_TITLE}(?:{TITLES}|{LEADERS}|{ENGLISH_TITLES}|总裁|员工|职员|教员|学生|staff|employee)"
)
"""A position that says nothing of whose it is."""
TITLE_ALONE: Final = re.compile(
    "(?:(?<![\u3400-\u9fff])|(?<=[是被见到说现疑报们个位]))"
    "(?P<zh>总监|总经理|经理|主任|主管|部长|处长|科长|校长|院长|书记|董事长|总裁|总工程师|总工)(?![部室办们医单机级员])|"
    "(?<![a-z])the (?P<en>director|manager|supervisor|principal|president|dean)(?![a-z]| of )"
)
"""A title without a name or a unit before it."""
UNIT_SUFFIX: Final = re.compile("(?<=..)(?:部门|部|组|中心|室|处|科| department| team)$")
PERSONNEL: Final = re.compile("人力资源|(?<![a-z])(?:human resources|hr)(?![a-z])")
IDEOGRAPH = "\u3400-\u9fff"
STAFF: Final = frozenset({"人员", "值班", "管理", "员工", "部门"})
"""Parts of what an account is called that several use."""
TRADITIONAL: Final = str.maketrans(
    "師總經處書長隊員顧問護專級幹負責資領導辦務會計學監組廠廳衛爺媽醫營銷產開發報財門訊闆頭團關類職農網機電產訓黨紀檢",
    "师总经处书长队员顾问护专级干负责资领导办务会计学监组厂厅卫爷妈医营销产开发报财门讯板头团关类职农网机电产训党纪检",
)
"""Characters of titles and departments as they are written outside the mainland, each with its own there."""
NUMBER: Final = re.compile(r"(?<!\d)\d(?:[\s-]?\d){3,}(?!\d)")
BETWEEN: Final = re.compile("[·•・‧.．]")
ACCENTED: Final = re.compile("[\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff]")


def words_of(row: CaseFile) -> str:
    """Decrypt what the reporter wrote."""
    return unseal(store().keys, CaseFile.words.place(row.key), row.words).decode("utf-8")


@dataclass(slots=True)
class _Called:
    """Hold what somebody goes by: of all books their positions, the units that they head and those to which
    they belong, and their offices in the book of the report."""

    account: int
    login: str
    person: int | None
    name: str
    positions: set[str] = field(default_factory=set)
    units: set[tuple[str, str]] = field(default_factory=set)
    belongs: set[tuple[str, str]] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)


def keep_named(row: CaseFile) -> None:
    """Store which officers the report of a breach names, by what everybody is called now."""
    officers = fn.EXISTS(Grant.select().where(Grant.is_of()))
    for account in _accounts_meant(words_of(row), row.book_id, officers):
        CaseNamed.create(case=row, account=account)
    row.named_at = clock.now()
    row.save()


def is_named_since(row: CaseFile, account: int) -> bool:
    """Return whether the report names the owner of ``account`` as they are called now, who took their first
    office only after `keep_named` stored whom it names."""
    since = came_to_office(account)
    if row.named_at is not None and since is not None and since <= row.named_at:
        return False
    return bool(_accounts_meant(words_of(row), row.book_id, Account.id == account))


def came_to_office(account: int) -> str | None:
    """Return since when the owner of ``account`` has held any office, of whatever book; None: never."""
    held: Any = Grant.select(fn.MIN(Grant.granted_at)).join(Account, on=Grant.is_of())
    since: str | None = held.where(Account.id == account).scalar()
    return since


def _accounts_meant(words: str, book: str, whose: Any) -> list[int]:
    """Return those of the accounts of which ``whose`` is true whose owner ``words`` mean."""
    said, titled = words.casefold(), _titled_alone(words, book)
    meant = titled | _reached(words, whose)
    return [
        one.account
        for one in _what_called(book, whose)
        if one.account in meant
        or (one.name and (mentions_name(words, one.name) or _nicknames(words, one.name)))
        or (one.login in said and re.search(rf"(?<![a-z0-9]){re.escape(one.login)}(?![a-z0-9])", said))
        or any(_says_position(words, position) for position in one.positions)
        or any(_says_head(words, *unit) for unit in one.units)
        or any(_says_unit(words, *unit) for unit in one.belongs)
        or any(_says_office(words, book, role, one.person) for role in sorted(one.roles))
    ]


def _reached(words: str, whose: Any) -> set[int]:
    """Return the accounts of those whom one reaches by a number or an address that ``words`` give."""
    said = unicodedata.normalize("NFKC", words).casefold()
    numbers = {re.sub(r"\D", "", run).removeprefix("86") for run in NUMBER.findall(said)}
    if not numbers and "@" not in said:
        return set()
    entries: Any = Entry.select(Entry.id, Account.id).join(Account, on=(Entry.person == Account.person))
    found = set[int]()
    for entry, account in entries.where(whose & (Entry.state == "active")).tuples():
        row = load_entry(entry)
        given = [
            (rule.kind, value)
            for rule in policy_of(row.book).fields
            for value in row.values.get(rule.name, ())
        ]
        calls = {national_digits(value) for kind, value in given if kind in NUMBERS}
        calls |= {value.partition(";ext=")[2] for kind, value in given if kind in NUMBERS} - {""}
        if numbers & calls or any(kind == "email" and value in said for kind, value in given):
            found.add(account)
    return found


def _titled_alone(words: str, book: str) -> set[int]:
    """Return the accounts of whoever has, alone among those who may handle cases of ``book``, a title that
    ``words`` say alone."""
    titles = {one["zh"] or one["en"] for one in TITLE_ALONE.finditer(_plain(words))}
    if not titles:
        return set()
    policy, found = policy_of(book), set[int]()
    discipline = policy.discipline
    named = (
        *policy.reporting_of("incident").to, *(role for one in policy.cases for role in one.to),
        policy.technical.role, *discipline.judge, *discipline.management,
    )  # fmt: skip
    roles = {policy.role_behind(role) for role in named}
    here = (Grant.book == book) & Grant.role.in_(roles) & Grant.in_force()
    handlers = _what_called(book, fn.EXISTS(Grant.select().where(Grant.is_of() & here)))
    for title in titles:
        has_it = re.compile(f"(?<![总班a-z]){title}$")
        bearers = [one for one in handlers if any(map(has_it.search, _titles(policy, roles, one)))]
        if len({one.person or -one.account for one in bearers}) == 1:
            found |= {one.account for one in bearers}
    return found


def _titles(policy: EffectivePolicy, roles: Collection[str], one: _Called) -> Iterator[str]:
    yield from map(_plain, one.positions)
    for role in one.roles & set(roles):
        label = policy.role(role).label
        yield from (_plain(label.zh), _plain(label.en))


def _what_called(book: str, whose: Any) -> list[_Called]:
    """Read what the owners of the accounts go by of which ``whose`` is true, in four queries for all."""
    rows: Any = Account.select(Account.id, Account.login, Account.person, Person.name)
    rows = rows.left_outer_join(Person).where(whose).order_by(Account.id)
    found = {
        one: _Called(one, login.casefold(), person, name or "") for one, login, person, name in rows.tuples()
    }
    entries: Any = Account.select(Account.id, Entry.position, Unit.name, Unit.name_en, Unit.parent)
    entries = entries.join(Entry, on=(Entry.person == Account.person))
    entries = entries.join(UnitAbove, on=(UnitAbove.unit == Entry.unit))
    entries = entries.join(Unit, on=(Unit.id == UnitAbove.above)).where(whose & (Entry.state == "active"))
    for account, position, unit, unit_en, above in entries.tuples():
        found[account].positions.add(position or "")
        if above is not None:  # that of a whole book says nothing
            found[account].belongs.add((unit, unit_en or ""))
    held: Any = Account.select(Account.id, Grant.book, Grant.role, Unit.name, Unit.name_en)
    held = held.join(Grant, on=Grant.is_of()).join(Unit, JOIN.LEFT_OUTER).where(whose & Grant.in_force())
    for account, of_book, role, unit, unit_en in held.tuples():
        if role == HEAD and unit is not None:
            found[account].units.add((unit, unit_en or ""))
        if of_book == book:
            found[account].roles.add(role)
    return list(found.values())


def fits_anybody(words: str, book: str) -> bool:
    """Return whether ``words`` mean somebody of any book: by name, by position, or as the head of a unit; or
    a unit of any book, or an office of ``book``."""
    text = _plain(words)
    rows: Any = Entry.select(Entry.name, Entry.position).where(Entry.state == "active").distinct().tuples()
    for name, position in rows:
        if _may_say(text, name) and mentions_name(words, name):
            return True
        if position and _says_position(words, position):
            return True
    if any(_says_head(words, unit.name, unit.name_en) for unit in _headed()):
        return True
    alone = f"[{words}]"  # as it stands in the report
    units = Unit.select().where(Unit.parent.is_null(False))
    if any(_says_unit(alone, unit.name, unit.name_en or "") for unit in units):
        return True
    held: Any = Grant.select(Grant.role).where((Grant.book == book) & Grant.in_force()).distinct().tuples()
    return any(_says_office(alone, book, role, None) for (role,) in held)


def mentions_name(words: str, name: str) -> bool:
    """Return whether ``words`` mean somebody called ``name``, or may, in traditional characters too."""
    text = respelled(_plain(words), _plain(name))  # in doubt whoever sounds so is meant
    return _may_say(text, name) and any(pattern.search(text) for pattern in _patterns(name))


def _nicknames(words: str, name: str) -> bool:
    called = _plain(name)
    return is_nicknamed(respelled(_plain(words), called), *_divided(called))


def _may_say(text: str, name: str) -> bool:
    """Return whether ``text`` has what any way to say the name has, far faster than the patterns are made."""
    called = _plain(name)
    if not re.search(f"[{IDEOGRAPH}]", called):
        return any(part in text for part in _latin_parts(called))
    if len(called) > 2 and any(part in text for part in _parts(name)):
        return True
    long = 2 if called[:2] in TWO_CHARACTERS and len(called) > 2 else 1
    if called[:1] in text or (called[long:] and called[long:] in text):
        return True
    return re.search("[a-z]", text) is not None and any(one[0] in text for one in readings(called) if one)


@lru_cache(maxsize=1024)
def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    called = _plain(name)
    if not re.search(f"[{IDEOGRAPH}]", called):
        return tuple(map(re.compile, _latin(called)))
    parts = map(re.escape, _parts(name))
    return tuple(map(re.compile, (*parts, *_name_patterns(called), *_spoken(called))))


def _parts(name: str) -> list[str]:
    """Return the parts by which a longer name is said alone: those between its dots; of four characters, the
    two first and the two last; a surname of two."""
    called = _plain(name)
    if len(called) > 2 and called[:2] in TWO_CHARACTERS:
        found = [called[:2]]
    elif BETWEEN.search(name):
        found = [_plain(part) for part in BETWEEN.split(name)]
    else:
        found = [called[:2], called[2:]] if len(called) == 4 else []
    parts = [part for part in found if re.fullmatch(f"[{IDEOGRAPH}]{{2,}}", part)]
    return [part for part in parts if part not in STAFF and not MERE_TITLE.fullmatch(part)]


def _divided(name: str) -> tuple[str, str]:
    """Divide a name in characters into surname and given name."""
    long = 2 if name[:2] in TWO_CHARACTERS and len(name) > 2 else 1
    return name[:long], name[long:]


def _name_patterns(name: str) -> Iterator[str]:
    yield re.escape(name)
    family, given = _divided(name)
    if len(given) > 1 and not re.fullmatch(TITLES, given):
        yield re.escape(given)
    for surname in sorted({name[:1], family}):
        yield f"{re.escape(surname)}{BEFORE_TITLE}(?:{TITLES})"
        yield f"[老小阿姓]{re.escape(surname)}"


def _spoken(name: str) -> Iterator[str]:
    long = 2 if name[:2] in TWO_CHARACTERS and len(name) > 2 else 1
    for syllables in readings(name):
        surname, given = re.escape("".join(syllables[:long])), "".join(syllables[long:])
        yield from _latin_titles(surname)
        if given:
            loose = r"[\s'-]*".join(map(re.escape, syllables[long:]))
            yield _word(rf"{surname}[\s'-]*{loose}")
            yield _word(rf"{loose}[\s,'-]+{surname}")


def _latin(name: str) -> Iterator[str]:
    yield _word(re.escape(name))
    for part in _latin_parts(name):
        yield from _latin_titles(re.escape(part))
        if len(part) > 3:
            yield _word(re.escape(part))


def _latin_parts(name: str) -> list[str]:
    return [part for part in re.split(r"[\s,·.-]+", name) if part]


def _latin_titles(surname: str) -> Iterator[str]:
    yield _word(rf"(?:{ENGLISH_TITLES})\.?\s*{surname}")
    yield _word(rf"{surname}[\s-]*(?:{SPOKEN_TITLES})")


def _word(pattern: str) -> str:
    return f"(?<![a-z]){pattern}(?![a-z])"


def _plain(text: str) -> str:
    """Fold ``text`` to one width and case, without accents, and blanks and marks between ideographs."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(TRADITIONAL)
    if ACCENTED.search(folded):
        bare = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", folded))
        folded = unicodedata.normalize("NFC", bare)
    return re.sub(rf"(?<=[{IDEOGRAPH}])[\s·•・._*-]+(?=[{IDEOGRAPH}])", "", folded)


def _headed(person: int | None = None) -> Iterator[Unit]:
    """Yield the units of all books that ``person`` heads now; without one, those that anybody heads."""
    held: Any = Grant.select(Grant.unit).where((Grant.role == HEAD) & Grant.in_force())
    if person is not None:
        held = held.where(Grant.person == person)
    yield from Unit.select().where(Unit.id.in_(held))


def _says_position(words: str, position: str) -> bool:
    said = _post(position)
    return not MERE_TITLE.fullmatch(said) and _has_words(said, _post(words))


def _says_unit(words: str, unit: str, unit_en: str) -> bool:
    called = _post(unit)
    if says_unit(_post(words), called, UNIT_SUFFIX.sub("", called), _post(unit_en)):
        return True
    return bool(departments_in(_plain(unit)) & departments_said(words, _plain(words)))


def _says_head(words: str, *units: str) -> bool:
    """Return whether ``words`` say "the head of" a unit, or office, by one of its names."""
    text = _post(words)
    for unit in filter(None, map(_post, units)):
        stem = re.escape(UNIT_SUFFIX.sub("", unit))
        led = rf"{stem}\s*(?:部门|部|组|中心|室|处|科|department|team)?\s*的?\s*副?(?:{LEADERS})"
        if re.search(rf"(?<![a-z])(?:{led}|(?:{LEADERS}) of (?:the )?{stem})(?![a-z])", text):
            return True
    return False


def _says_office(words: str, book: str, role: str, holder: int | None) -> bool:
    """Return whether ``words`` name an office that one person holds; or the head of one that several hold,
    where the person ``holder`` heads a unit or nobody of them does."""
    policy = policy_of(book)
    label = policy.role(role).label
    is_title = is_single(policy, role) or re.search(f"(?:{LEADERS}|员|官|助理)$", label.zh)
    if is_title and any(_has_words(_post(name), with_teacher(_post(words))) for name in (label.zh, label.en)):
        return True
    if departments_in(_plain(label.zh)) & departments_said(words, _plain(words)):
        return True
    if not _says_head(words, label.zh, label.en):
        return False
    held = Grant.select().where((Grant.book == book) & (Grant.role == role) & Grant.in_force())
    persons = {one.account.person_id if one.account is not None else one.person_id for one in held}
    heads = {one for one in persons if one is not None and any(_headed(one))}
    return not heads or holder in heads


def _has_words(said: str, text: str) -> bool:
    """Return whether ``text`` has ``said``: in characters anywhere, else as a word."""
    if re.search(f"[{IDEOGRAPH}]", said):
        return said in text
    return bool(said) and re.search(_word(re.escape(said)), text) is not None


def _post(text: str) -> str:
    """Fold ``text`` with one word for personnel, which goes by several."""
    return PERSONNEL.sub("人事", _plain(text))
