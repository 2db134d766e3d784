"""Passwords of any script, at full length, under a key that the database has not."""

from __future__ import annotations

import unicodedata

import pytest

from auth import passwords
from db.desk import Problem
from db.language import say
from db.store.engine import Store
from db.store.opening import open_store
from db.store.settings import Home


@pytest.mark.threat(5)
def test_passwords_that_differ_after_72_bytes_differ(store: Store) -> None:
    """24 Chinese characters fill bcrypt's 72 bytes; what follows must count too."""
    stored = passwords.hash_of("密" * 255 + "甲")
    assert passwords.matches("密" * 255 + "甲", stored)
    assert not passwords.matches("密" * 255 + "乙", stored)


@pytest.mark.threat(5)
def test_a_stolen_database_alone_can_t_be_guessed_at(store: Store, home: Home) -> None:
    """The attacker has the hash and the very password, but not the pepper."""
    stored = passwords.hash_of("correct horse battery")
    (home.keys / "pepper").unlink()
    (home.keys / "pepper").write_text("ab" * 32)
    (home.keys / "pepper").chmod(0o400)
    store.database.close()
    open_store(home, store.settings)
    assert not passwords.matches("correct horse battery", stored)


@pytest.mark.threat(6)
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_one_normal_form_everywhere(store: Store, form: str) -> None:
    typed = "Ｐässwört ﬁve，密码"
    stored = passwords.hash_of(typed)
    normal = unicodedata.normalize(form, typed)  # type: ignore[arg-type]  # the four forms are its literals
    assert passwords.matches(normal, stored)


def test_the_work_factor_is_12() -> None:
    import importlib

    source = importlib.util.find_spec("auth.passwords")
    assert source is not None
    assert source.origin is not None
    with open(source.origin, encoding="utf-8") as file:
        assert "\nCOST = 12\n" in file.read()


def fields(password: str, repeated: str | None = None) -> list[str]:
    found = passwords.problems_of(
        password,
        password if repeated is None else repeated,
        login="liweiliweiliwei",
        name="欧阳 Elizabeth-Anne",
    )
    assert all(isinstance(problem, Problem) for problem in found)
    for problem in found:
        assert say(problem.message, "zh_CN") != say(problem.message, "en")
    return [problem.field for problem in found]


@pytest.mark.threat(5)
def test_length_is_12_to_256_characters_in_normal_form(store: Store) -> None:
    long = "长安一片月万户捣衣声秋风吹不尽总是玉关情何日平胡虏良人罢远征" * 9
    assert fields(long[:11]) == ["password"]
    assert fields(long[:12]) == []
    assert fields(long[:256]) == []
    assert fields(long[:257]) == ["password"]
    assert fields("ﬁve ﬂat ﬁsh by the pier") == []  # a ligature counts as the two letters it stands for
    assert fields("e\u0301" * 11) == ["password"]


def test_login_and_name_are_no_passwords(store: Store) -> None:
    assert fields("LiWeiLiWeiLiWei") == ["password"]
    assert fields("ｌｉｗｅｉｌｉｗｅｉｌｉｗｅｉ") == ["password"]
    assert fields("欧阳 elizabeth-anne") == ["password"]
    assert fields("liweiliweiliwei2") == ["password"]


def test_typing_it_twice_must_agree(store: Store) -> None:
    assert fields("correct horse battery", "correct horse batterx") == ["password"], "both are typed again"
    assert fields("Ｃorrect horse battery", "Correct horse battery") == []
