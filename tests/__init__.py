"""Whatever runs here speaks Chinese as the texts are now, and reads it as the locked pypinyin does."""

from tests.supply.catalogues import compile_changed
from tests.supply.fonts import write_missing
from tests.supply.pinyin_table import write_changed

compile_changed()
write_changed()
write_missing()
