"""What people want to do, as they say it (`jobs.toml`), found by Chinese, pinyin, initials or English."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from unicodedata import normalize

from db.desk.refusal import Refused
from db.language import Label
from db.store.pinyin import spell

if TYPE_CHECKING:
    from db.desk import Desk

FILE = Path(__file__).with_name("jobs.toml")
MAY: Final[Mapping[str, Callable[[Desk], bool]]] = {
    "": lambda _desk: True,
    "decides": lambda desk: any(set(book.roles) - {"employee"} for book in desk.me.who().books),
    "structure": lambda desk: any(offer.kind == "structure" for offer in desk.asking.offers()),
    "enters": lambda desk: any(desk.lifecycle.begins(book.id) for book in desk.me.who().books),
}
"""Who has a job, by its ``may``; another one names an operation without arguments that says so."""
IDLE: Final = str.maketrans("", "", "我想要请的了吗怎么样办")
"""What says nothing of the job."""


@dataclass(frozen=True, slots=True)
class Job:
    """``keys`` do it on the screen, ``command`` without it; ``page`` of docs/ tells of it. ``begins`` is the
    screen's command that the last key stands for, where the job is begun by that alone. ``zh_of_pupils`` and
    ``en_of_pupils`` are its words for whoever enters pupils and nobody else."""

    zh: str
    en: str
    page: str
    words: str
    keys: str = ""
    command: str = ""
    begins: str = ""
    may: str = ""
    zh_of_pupils: str = ""
    en_of_pupils: str = ""

    @property
    def title(self) -> Label:
        return Label(self.zh, self.en)

    def is_at(self, digit: str) -> bool:
        """Return whether its keys begin with those of a place."""
        return f"{self.keys} ".startswith(f"{digit} ")


@cache
def read_jobs() -> tuple[Job, ...]:
    return tuple(Job(**row) for row in tomllib.loads(FILE.read_text("utf-8"))["job"])


def list_jobs(desk: Desk) -> tuple[Job, ...]:
    """Return what the reader may do: everybody's jobs alone while the desk still refuses them everything."""
    try:
        held = {may for may in {job.may for job in read_jobs()} if _has_right(desk, may)}
    except Refused:
        held = {""}
    jobs = tuple(job for job in read_jobs() if job.may in held)
    return tuple(map(_of_pupils, jobs)) if "enters" in held and _enters_pupils_alone(desk) else jobs


def _enters_pupils_alone(desk: Desk) -> bool:
    """Return whether every directory is one of pupils in which the reader enters people."""
    return all(book.of_pupils for book in desk.directory.books() if desk.lifecycle.begins(book.id))


def _of_pupils(job: Job) -> Job:
    if not job.zh_of_pupils:
        return job
    return replace(job, zh=job.zh_of_pupils, en=job.en_of_pupils, words=f"{job.zh} {job.en} {job.words}")


def _has_right(desk: Desk, may: str) -> bool:
    from db.desk.frame import operation_of

    return MAY[may](desk) if may in MAY else bool(operation_of(desk, may)())


def find_jobs(said: str, among: Sequence[Job]) -> list[Job]:
    """Return jobs that hold each word of ``said``; else those that share most of its pairs of Han characters,
    as of Latin letters any text has some."""
    said = normalize("NFKC", said).lower()
    words = said.translate(IDLE).split()
    texts = {job: _text(job, spoken=said.isascii()) for job in among}
    exact = [job for job in among if words and all(word in texts[job] for word in words)]
    if exact or said.isascii():
        return exact
    rest = "".join(words)
    pairs = {pair for at in range(len(rest) - 1) if not (pair := rest[at : at + 2]).isascii()}
    shared = {job: sum(pair in texts[job] for pair in pairs) for job in among}
    best = max(shared.values(), default=0)
    return [job for job in among if best and shared[job] == best]


def _text(job: Job, *, spoken: bool) -> str:
    """Return all that a job is found by; ``spoken``: its pinyin and the initials of that, too."""
    text = f"{job.zh} {job.words} {job.en} {job.command}".lower().translate(IDLE)
    return f"{text} {spoken_forms(f'{job.zh} {job.words}')}" if spoken else text


@cache
def spoken_forms(chinese: str) -> str:
    """Return the pinyin of each word of ``chinese`` that is in Han characters, then the initials of each."""
    syllables = [
        [syllable for syllable in spell(word) if syllable.isalpha()]
        for word in chinese.split()
        if not word.isascii()
    ]
    return " ".join([*map("".join, syllables), *("".join(one[0] for one in word) for word in syllables)])
