"""Passwords that a guesser tries first (NIST SP 800-63B-4, 3.1.1.2; threat 41).

zxcvbn keeps the list: common passwords, names and words, with rows of keys, repetitions, dates and the
usual substitutions, and tells how many guesses a password lasts. It knows nothing of here, so it is told: who
the owner is, the organisation, its directories, and what people type in Chinese. It is loaded where a new
password is judged (about 30 ms and 14 MB), not by every session.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator

from db.desk.entry.record import values_of_many
from db.desk.entry.units import path_of
from db.store.engine import store
from db.store.pinyin import spell
from db.store.tables import Account, Book, Entry
from db.store.transactions import reading

ENOUGH = 9.0
"""Decimal digits of the number of guesses that a password must last. At the door there are some hundred a
day; whoever has the database can't try any without the pepper."""
LONGEST_JUDGED = 72
"""Characters that are judged; the effort grows with their square. What follows only adds to them."""
SHORTEST_WORD, SHORTEST_NUMBER, SHORTEST_LEFT = 2, 6, 6
"""Characters of what counts as a word of the owner's, digits of a number, and letters that must be left of a
password without these."""
PRODUCT = ("mingce", "名册", "通讯录", "tongxunlu", "directory", "contacts", "contact", "phonebook")
HERE = (
    "mima", "woaini", "woaizhongguo", "aini", "nihao", "zhongguo", "beijing", "shanghai", "guangzhou",
    "shenzhen", "xingming", "gongsi", "denglu", "yonghu", "guanliyuan", "zhanghao", "shouji", "dianhua",
    "xiexie", "laopo", "laogong", "baobao", "baobei", "tianshi", "wangzhe", "huanying", "kuaile", "shengri",
    "xinnian", "facai", "gongxifacai", "wanshiruyi", "yifanfengshun", "xinxiangshicheng", "haohaoxuexi",
    "tiantianxiangshang", "5201314", "1314520", "1314521", "7758521", "520520", "147258369", "159357",
    "密码", "我爱你", "你好", "中国", "我爱中国", "公司", "管理员", "用户", "登录", "欢迎", "恭喜发财",
    "万事如意", "一帆风顺", "心想事成", "生日快乐", "新年快乐", "好好学习", "天天向上", "床前明月光",
    "疑是地上霜", "举头望明月", "低头思故乡", "春眠不觉晓",
)  # fmt: skip
"""What people here choose, in pinyin, in numbers that sound like words, and in Han."""
DIGITS = str.maketrans("零〇一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾年月日", "0012345678901234567890---")


def is_common(password: str, login: str, name: str, *own: str) -> bool:
    """Return whether a guesser who knows the organisation would soon try ``password``. ``own``: further words
    of the owner's. Reads the books' titles; takes up to a second."""
    from zxcvbn import zxcvbn

    typed = unicodedata.normalize("NFKC", password).casefold()
    words = [word for text in (login, name, *own, *_words_here()) for word in _spellings(text)]
    known = list(dict.fromkeys((*words, *PRODUCT, *HERE)))
    if _is_owns(typed, [word for text in (login, name, *own) for word in _spellings(text)]):
        return True
    judged = {typed, "".join(typed.split()), typed.translate(DIGITS)}
    return not all(
        text and zxcvbn(text[:LONGEST_JUDGED], user_inputs=known)["guesses_log10"] >= ENOUGH
        for text in judged
    )


def _is_owns(typed: str, words: Collection[str]) -> bool:
    """Return whether ``typed`` contains some of ``words`` and fewer than `SHORTEST_LEFT` letters besides."""
    left = "".join(typed.split())
    for word in sorted({"".join(word.split()) for word in words}, key=len, reverse=True):
        if len(word) >= SHORTEST_WORD:
            left = left.replace(word, " ")
    letters = sum(char.isalpha() and char not in "年月日" for char in left)
    return " " in left and letters < SHORTEST_LEFT


def own_words(account: Account) -> list[str]:
    """Return words that must not be the owner's password (threat 65): departments, positions and values of
    their entries, whole and in parts, of a length that is judged."""
    with reading():
        rows = list(Entry.select().where((Entry.person == account.person_id) & (Entry.state == "active")))
        found = [name for row in rows for name in path_of(row.unit_id)]
        found += [row.position for row in rows]
        for values in values_of_many([row.id for row in rows]).values():
            found += [one for several in values.values() for one in several]
    texts = [part for text in found for part in (text, text.partition("@")[0], *_digits(text))]
    return [text for text in dict.fromkeys(texts) if SHORTEST_WORD <= len(text) <= LONGEST_JUDGED]


def _digits(text: str) -> tuple[str, ...]:
    """Return the digits of a number, also without the country's code and from its end on."""
    digits = "".join(char for char in text if char.isascii() and char.isdecimal())
    return (digits, digits[-11:], digits[-8:]) if len(digits) >= SHORTEST_NUMBER else ()


def _words_here() -> Iterator[str]:
    with reading():
        books = list(Book.select(Book.title_zh, Book.title_en))
    yield store().settings.organisation
    yield from (title for book in books for title in (book.title_zh, book.title_en))


def _spellings(text: str) -> Iterator[str]:
    """Yield ``text``, its first two characters and its words, each as written, in pinyin, and by pinyin
    initials."""
    parts = text.replace(".", " ").replace("-", " ").split()
    for word in dict.fromkeys((text, text[:2], *parts)):
        sounds = spell(word)
        yield from (word.casefold(), "".join(sounds).casefold(), "".join(sound[:1] for sound in sounds))
