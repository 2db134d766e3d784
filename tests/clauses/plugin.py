"""A pytest plugin that notes, for each clause that tests are marked with, which of them passed, and as whom
and when it was walked besides (`tests.variants`).

``pytest -p tests.clauses.plugin --clauses FILE`` runs the marked tests and writes FILE as JSON.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

CLAUSES, VARIANTS = "clauses", "variants"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--clauses", metavar="FILE", required=True, help="where to write what passed")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_Notes(Path(config.getoption("--clauses"))))


class _Notes:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._found: dict[str, dict[str, dict[str, bool]]] = {CLAUSES: {}, VARIANTS: {}}

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        marked: list[pytest.Item] = []
        others: list[pytest.Item] = []
        for item in items:
            clauses = sorted({clause for mark in item.iter_markers("clause") for clause in mark.args})
            walked = [
                f"{clause}:{mark.kwargs['person']}/{mark.kwargs['day']}"
                for mark in item.iter_markers("variant")
                for clause in mark.args
            ]
            # goes with the report, also from one process to another
            item.user_properties.append((CLAUSES, " ".join(clauses)))
            item.user_properties.append((VARIANTS, " ".join(walked)))
            (marked if clauses or walked else others).append(item)
        config.hook.pytest_deselected(items=others)
        items[:] = marked

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped or (report.when != "call" and report.passed):  # on one of the engines, say
            return
        given = {name: str(told).split() for name, told in report.user_properties}
        test = report.nodeid.partition("[")[0]
        pairs = [(CLAUSES, clause, test) for clause in given.get(CLAUSES, [])]
        pairs += [(VARIANTS, *one.split(":")) for one in given.get(VARIANTS, [])]  # type: ignore[misc]
        for what, clause, told in pairs:
            of_clause = self._found[what].setdefault(clause, {})
            of_clause[told] = of_clause.get(told, True) and report.passed

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if not hasattr(session.config, "workerinput"):  # one of several processes has no say
            self._file.write_text(json.dumps(self._found), "utf-8")
