"""What the program stands on: ``make bom``, ``make advisories`` and ``make try-install`` lead here."""

from __future__ import annotations

import argparse
import sys

from tests.supply import advisories, bom, installing, licences


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.supply", description=__doc__)
    what = parser.add_subparsers(dest="what", required=True)
    what.add_parser("bom", help="write the CycloneDX bill, and the table of licences")
    asking = what.add_parser("advisories", help="look for known holes: 0 none, 1 some, 3 could not be asked")
    asking.add_argument("address", nargs="?", help="another database than that of the index that pip uses")
    trying = what.add_parser(
        "try-install", help="install as docs/operators.md says, shut away from this system"
    )
    trying.add_argument("python", nargs="?", default=installing.PYTHON, help="one that everybody may run")
    given = parser.parse_args()
    if given.what == "advisories":
        return advisories.check(advisories.Database(given.address) if given.address else advisories.of_pip())
    if given.what == "try-install":
        return installing.try_it(given.python)
    bom.FILE.parent.mkdir(exist_ok=True)
    bom.FILE.write_text(bom.text(), "utf-8")
    licences.DOCUMENT.write_text(licences.document(), "utf-8")
    print(f"{bom.FILE}\n{licences.DOCUMENT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
