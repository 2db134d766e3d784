"""Pages for staff and human resources: Chinese originals, `docs/NAME.zh.md`, the English beside them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.tui.picture import PICTURE, TEXT, widen

TREE = Path(__file__).parents[1]
ORIGINALS = sorted([*(TREE / "docs").glob("*.zh.md"), TREE / "README.zh.md"])
READERS = {"cases", "class-teachers", "editions", "hr", "reports-and-audit", "reviews", "staff", "try"}
BEGINS = {"zh": ("**给谁看**：", "**看完能做什么**："), "en": ("**For** ", "**Afterwards you can** ")}
KEY = re.compile(r"`([A-Za-z0-9/?=*-]|Esc|tab|F\d+)`")


def english_of(original: Path) -> Path:
    return original.with_name(original.name.replace(".zh.md", ".md"))


def sections(page: Path) -> list[str]:
    return page.read_text("utf-8").split("\n## ")


def shape(section: str) -> tuple[int, int, set[str]]:
    """The steps and rows of a section, and the keys that it names."""
    lines = section.splitlines()
    return (
        sum(bool(re.match(r"\d+\. ", line)) for line in lines),
        sum(line.startswith("|") for line in lines),
        set(KEY.findall(section)),
    )


def test_every_page_that_users_read_is_there_in_chinese() -> None:
    assert {page.name.partition(".")[0] for page in ORIGINALS} == READERS | {"README"}


@pytest.mark.parametrize("original", ORIGINALS, ids=lambda page: page.name)
def test_both_languages_say_the_same_in_the_same_order(original: Path) -> None:
    english = english_of(original)
    pairs = list(zip(sections(original), sections(english), strict=True))
    assert [shape(one) for one, _other in pairs] == [shape(other) for _one, other in pairs]
    assert f"({english.name})" in pairs[0][0]
    assert f"({original.name})" in pairs[0][1]


@pytest.mark.parametrize("page", sorted((TREE / "docs").glob("*.md")), ids=lambda page: page.name)
def test_a_page_says_first_who_reads_it_and_what_they_can_do_then(page: Path) -> None:
    opening = "\n".join(page.read_text("utf-8").splitlines()[:8])
    words = BEGINS["zh" if page.name.endswith(".zh.md") else "en"]
    assert all(f"\n{begin}" in opening for begin in words)


@pytest.mark.parametrize(
    "page",
    [*TREE.glob("*.md"), *TREE.glob("docs/*.md"), *TREE.glob("tests/*/*.md")],
    ids=lambda page: page.name,
)
def test_links_lead_somewhere(page: Path) -> None:
    for target, heading in re.findall(r"\]\((?!https?:)([^)#]*)(#[^)]*)?\)", page.read_text("utf-8")):
        to = page.parent / target if target else page
        assert to.exists(), target
        assert not heading or heading[1:] in headings(to), f"{target}{heading}"


def headings(page: Path) -> set[str]:
    """The anchors of a page, as GitHub and GitLab make them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_what_make_lacks_runs_is_there() -> None:
    """A name that is gone would be noticed by whoever needs the answer alone."""
    listed = (TREE / "Makefile").read_text("utf-8").partition("LACKS := ")[2].partition("lacks:")[0]
    named = [one.partition("::") for one in listed.replace("\\", "").split()]
    assert len(named) > 10
    for file, _mark, test in named:
        assert (TREE / file).exists(), file
        assert not test or f"def {test}(" in (TREE / file).read_text("utf-8"), test


def test_the_picture_in_the_readme_has_each_word_where_its_cells_are() -> None:
    """Rich counts characters; Chinese has two cells each."""
    exported = (
        '<text class="a-r1" x="12.2" y="20" textLength="73.2" clip-path="url(#l)">顾涛&#160;A&amp;B</text>'
    )
    assert widen(exported) == (
        '<text class="a-r1" x="12.2" y="20" textLength="48.8" clip-path="url(#l)">顾涛</text>'
        '<text class="a-r1" x="73.2" y="20" textLength="36.6" clip-path="url(#l)">A&amp;B</text>'
    )
    assert TEXT.search(PICTURE.read_text("utf-8"))
