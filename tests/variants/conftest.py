"""The organisation of all books, which every variant begins with."""

from __future__ import annotations

import pytest

from tests.variants.setting import declare
from tests.world import World


@pytest.fixture
def house(world: World) -> World:
    """Ten books side by side (the module's ``BOOKS_OF``), with a calendar that has make-up days."""
    declare(world)
    return world
