"""Whatever runs here speaks Chinese as the texts are now."""

from tests.supply.catalogues import compile_changed

compile_changed()
