# mingce: every task a person or CI runs. `make demo` and `make test` need only Python >= 3.11 and make.
# From 3.12 on a session takes half the memory: the newest Python here that makes environments, if none is named.
ifeq ($(origin PYTHON),undefined)
PYTHON := $(shell for minor in 14 13 12 11; do python3.$$minor -c 'import ensurepip, venv' 2> /dev/null && { echo python3.$$minor; exit; }; done; echo python3)
endif
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CATALOGUE := db/language/zh_CN.mo
PINYIN := db/store/pinyin.txt
FONT := reports/typeface/NotoSansKR.ttf
# Half of the tests' time is waiting for servers and sessions that they start, so there are more workers than cores.
WORKERS ?= $(shell $(PYTHON) -c 'import os; cores = os.cpu_count() or 1; print(min(2 * cores, cores + 4))')

# Containers often set it; then every worker and every server that tests start would compile everything again.
unexport PYTHONDONTWRITEBYTECODE

define NEEDS_PYTHON
@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' || \
    { echo "mingce needs Python 3.11 or newer, with venv. Name one: make PYTHON=/usr/bin/python3.13 $(MAKECMDGOALS)"; exit 1; }
endef
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check

.PHONY: setup demo test lacks check docs picture show lint types imports bench torture siege guards fuzz clauses
.PHONY: wheel install try-install lock bom advisories clean

setup: $(READY) $(CATALOGUE) $(PINYIN) $(FONT)

# The texts in Chinese, compiled.
$(CATALOGUE): $(wildcard db/language/zh_CN/*.po) | $(READY)
	$(BIN)/python tests/supply/catalogues.py

$(PINYIN): tests/supply/pinyin_table.py | $(READY)
	$(BIN)/python tests/supply/pinyin_table.py

$(FONT): | $(READY)
	$(BIN)/python tests/supply/fonts.py

# Whoever names a Python gets an environment of that one; whoever names none keeps the one that is there.
ifneq ($(origin PYTHON),file)
ifneq ($(shell $(PYTHON) -c 'import platform; print(platform.python_version())'),$(shell sed -n 's/^version = //p' $(VENV)/pyvenv.cfg 2>&1))
.PHONY: $(READY)
endif
endif

$(READY): requirements.lock requirements-dev.lock pyproject.toml
	$(NEEDS_PYTHON)
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python $(PIP_INSTALL) --require-hashes --requirement requirements.lock --requirement requirements-dev.lock
	$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	touch $@

demo: setup
	$(BIN)/mingce demo

# COVERAGE=yes says at the end what the tests don't reach, the least reached files first: a third more time.
COVERAGE ?=
test: setup
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(if $(COVERAGE),--cov --cov-report=)
	$(if $(COVERAGE),$(BIN)/coverage report --sort=cover | awk 'NR <= 40 || /^TOTAL/')

# What an addition still lacks, each said in words; pictures and the matrix are for `make test`.
LACKS := tests/test_rooms.py tests/test_pages.py tests/db/language \
    tests/db/test_store.py::test_a_store_of_before_gets_every_table_and_column_by_a_step \
    tests/db/test_personal.py::test_of_every_column_it_is_said_whether_it_is_personal \
    tests/db/test_personal.py::test_every_table_that_is_personal_is_tried \
    tests/db/desk/test_quota.py::test_every_table_is_counted_or_has_a_reason_not_to_be \
    tests/db/policy/test_documented.py tests/db/desk/power/test_declared.py tests/db/desk/test_told_missing.py \
    tests/db/desk/test_hooks.py::test_every_subject_with_hooks_is_listed_and_every_listed_one_has_them \
    tests/db/desk/test_audit.py::test_every_act_has_a_label_in_both_languages \
    tests/db/desk/test_audit.py::test_every_particular_that_an_act_notes_has_a_label \
    tests/matrix/test_states.py::test_no_operation_is_missing_from_the_table \
    tests/siege/test_siege.py::test_every_table_is_declared tests/siege/test_siege.py::test_every_operation_can_be_asked \
    tests/reports/test_reports.py::test_every_report_is_documented \
    tests/db/desk/test_overview.py::test_every_report_is_tried \
    tests/tui/screens/test_reports.py::test_every_report_stands_at_a_question \
    tests/tui/screens/test_taking_out.py::test_every_list_with_a_book_names_its_report \
    tests/tui/test_letters.py tests/tui/screens/test_pictured.py tests/tui/plain/test_every_operation.py \
    tests/tui/plain/test_plain.py::test_every_command_is_documented_once_under_what_it_is_for \
    tests/tui/plain/test_plain.py::test_what_is_drawn_in_the_document_is_up_to_date
lacks: setup
	@$(BIN)/lint-imports; kept=$$?; $(BIN)/python -m pytest -q --tb=short -n $(WORKERS) $(LACKS) && exit $$kept

# What docs/ draws from the code; a test says when it is out of date.
docs: setup
	$(BIN)/python -m tui.plain.document
	$(BIN)/python -m tui.host.document
	$(BIN)/python -m tests.rooms
	$(BIN)/python -m tests.variants
	$(BIN)/python -m tests.guards.document

# docs/directory.svg, of a demonstration that is built for it: a minute.
picture: setup
	$(BIN)/python -m tests.tui.picture

# One screen alive in this terminal, as its picture test sets it up: make show SCREEN=Queue SPEAK=en SIZE=120x36.
SPEAK ?= zh_CN
SIZE ?= 80x24
show: setup
	$(BIN)/python -m tests.tui.show $(SCREEN) $(SPEAK) $(SIZE)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

check: lint types imports test

bench: setup
	$(BIN)/python -m tests.bench

# Kills, damage and absence, judged from outside; 10,000 kills, `python -m tests.torture --kills N` for others.
torture: setup
	$(BIN)/python -m tests.torture

# Takes each guard of the threat table away in a copy of the tree and shows its named test failing.
guards: setup
	$(BIN)/python -m tests.guards

# Long runs of what `make test` tries shortly: everything read from outside. `make fuzz MINUTES=30` each.
MINUTES ?= 1
fuzz: setup
	$(BIN)/python -m tests.fuzz --minutes $(MINUTES)

# One person with patience against everybody else: who gains, loses, sees or is blamed by one alone, or in silence.
siege: setup
	$(BIN)/python -m tests.siege --minutes $(MINUTES)

# Each clause of the regulations with its rule, its acceptance tests, its variants by others and on other days, and the result.
clauses: setup
	$(BIN)/python -m tests.clauses

# The wheel holds the program alone; what it is made with is locked too.
wheel:
	$(NEEDS_PYTHON)
	rm -rf build dist
	$(PYTHON) -m venv --clear .bench/wheel
	sed -En '/^(babel|fonttools|justmytype.*|pypinyin|setuptools)==/,/[^\\]$$/p' requirements.lock requirements-dev.lock > .bench/wheel/requirements.lock
	.bench/wheel/bin/python $(PIP_INSTALL) --only-binary :all: --require-hashes --requirement .bench/wheel/requirements.lock
	.bench/wheel/bin/python tests/supply/catalogues.py
	.bench/wheel/bin/python tests/supply/pinyin_table.py
	.bench/wheel/bin/python tests/supply/fonts.py
	$(PYTHON) tests/supply/numbered.py > .bench/wheel/number.cfg
	DIST_EXTRA_CONFIG=.bench/wheel/number.cfg .bench/wheel/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .

# Parts of packages that nothing here loads, or of which it loads one in a hundred: not compiled in advance, 17 MB.
UNUSED := /(cffi|dns|lxml|packaging|pycparser|fontTools/(cffLib|colorLib|designspaceLib|feaLib|merge|mtiLib|otlLib|qu2cu|subset|svgLib|ufoLib|varLib|voltLib)|PIL/(?!(Bmp|Gif|Jpeg|Mpo|Png|Ppm|Tiff|WebP)Image)[A-Za-z0-9]+ImagePlugin|holidays/(countries|financial)/(?!china)[a-z]+|phonenumbers/shortdata/region|pydantic/v1|pygments/(formatters|lexers|styles)/[a-z]+|reportlab/graphics|wcwidth/table_grapheme_overrides/[a-z]+)

# `make install PREFIX=/opt/mingce-1`: the program and what it runs with, and nothing of what it is tested with.
# Every user of the system may read it, however closed the files are that root makes otherwise.
install:
	@test -n "$(PREFIX)" || { echo "Say where to: make install PREFIX=/opt/mingce-1"; exit 1; }
	@test ! -e "$(PREFIX)" || { echo "$(PREFIX) is there already. Install beside it, and change the link: docs/operators.md"; exit 1; }
	@at=$$($(PYTHON) -c 'import sys; print(sys.base_prefix)') && while [ "$$at" != / ]; do \
		[ -n "$$(find "$$at" -maxdepth 0 -perm -001)" ] || { echo "The service can't run this Python: $$at is closed to other users. Choose another: make install PREFIX=$(PREFIX) PYTHON=/usr/bin/python3"; exit 1; }; \
		at=$$(dirname "$$at"); done
	$(MAKE) wheel
	umask 022 && $(PYTHON) -m venv $(PREFIX)
	umask 022 && $(PREFIX)/bin/python $(PIP_INSTALL) --no-compile --only-binary :all: --require-hashes --requirement requirements.lock
	umask 022 && $(PREFIX)/bin/python -m compileall -q -x '$(UNUSED)' $(PREFIX)/lib
	umask 022 && $(PREFIX)/bin/python $(PIP_INSTALL) --no-deps --no-index dist/*.whl

# The install page's own commands, as its reader would type them.
try-install: setup
	$(BIN)/python -m tests.supply try-install $(if $(filter-out file,$(origin PYTHON)),$(PYTHON))

# Two lock files with the digests of every package's files: what runs, and what building and testing needs besides.
# The two packages that are left out are needed on Windows alone, which has no fork. `make setup bom check` comes next.
SOLVE = .bench/lock/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --upgrade \
    --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-package colorama --no-emit-package tzdata
lock:
	$(NEEDS_PYTHON)
	$(PYTHON) -m venv .bench/lock && .bench/lock/bin/python $(PIP_INSTALL) uv
	$(SOLVE) --output-file requirements.lock
	$(SOLVE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock \
	    $$(sed -n 's/^\([^ =]*\)==.*/--no-emit-package \1/p' requirements.lock)

# A CycloneDX bill of what runs, dist/mingce.cdx.json, and the table of licences in LICENCES.md.
bom: setup
	$(BIN)/python -m tests.supply bom

# Known holes in what is locked. ADVISORIES names another database than that of the index that pip uses.
advisories: setup
	$(BIN)/python -m tests.supply advisories $(ADVISORIES)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .bench build dist
