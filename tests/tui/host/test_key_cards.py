"""`mingce account cards`: one page, two cards, with this host's own name."""

from __future__ import annotations

from pathlib import Path

import pikepdf

from db.store.settings import Home
from tests.reports.test_copies import texts
from tests.tui.host.conftest import Host
from tui.jobs import read_jobs


def test_the_page_has_a_card_for_staff_and_one_for_human_resources(installed: Host, tmp_path: Path) -> None:
    """Each says how to come in, whom to ask, and the keys of its jobs."""
    settings = Home(installed.folder).settings_file
    named = settings.read_text("utf-8").replace('address = ""', 'address = "directory.example.com:2022"')
    settings.write_text(named, "utf-8")
    file = tmp_path / "cards.pdf"
    made = installed.run("account", "cards", file, "--call", "人力资源 8301")
    assert made.status == 0, made.err
    with pikepdf.open(file) as pdf:
        assert len(pdf.pages) == 1
        said = texts(pdf.pages[0])
    for whole in ("ssh -p 2022 登录名@directory.example.com", "人力资源 8301"):
        assert sum(whole in text for text in said) == 2, said
    for job in read_jobs():
        if job.keys and (job.page in ("staff", "hr") or not job.may):
            assert said.count(job.zh) == 1, "everybody's, such as reporting a leak, and those of an office"
            assert job.keys in said
    assert {"报告泄露", "F12", "看报表，导出", "核对一本通讯录"} <= {*said}
    again = installed.run("account", "cards", file)
    assert (again.status, "cards.pdf" in again.err) == (1, True)


def test_cards_that_would_lead_nowhere_are_not_drawn(installed: Host, tmp_path: Path) -> None:
    failed = installed.run("account", "cards", tmp_path / "cards.pdf")
    assert (failed.status, "`address`" in failed.err) == (1, True)
    assert not (tmp_path / "cards.pdf").exists()
