"""One running front for the tests that need nothing particular of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.tui.front.running import ROOT, Running, running


@pytest.fixture(scope="package", autouse=True)
def _importable() -> Iterator[None]:
    """The warm parent imports the stand-ins, so it must find the project's folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))
        yield


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, _importable: None) -> Iterator[Running]:
    """A front with the ordinary settings, one for a module."""
    with running(tmp_path_factory.mktemp("front")) as made:
        yield made


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Start a front of one's own with changed settings."""
    with ExitStack() as stack:
        yield lambda **changes: stack.enter_context(running(tmp_path, **changes))
