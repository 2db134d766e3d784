"""The bill of what the program runs with, in CycloneDX 1.6 (ECMA-424).

It is made from the lock alone, so that one lock gives one bill, byte for byte: no time stands in it.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.supply.licences import licence
from tests.supply.reading import RUNTIME, TREE, Pin, declared, needed_by, needs, pins, project

FILE = TREE / "dist" / "mingce.cdx.json"
MARKER = "mingce:environment-marker"


def bill() -> dict[str, Any]:
    """The bill. Raises licences.Unclear where a package does not say under which licence it is."""
    locked = pins(RUNTIME)
    program = project()
    root = f"{program['name']}@{program['version']}"
    asked = needed_by(declared())
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.UUID(bytes=hashlib.sha256(RUNTIME.read_bytes()).digest()[:16], version=4).urn,
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": program["name"],
                "version": program["version"],
                "description": program["description"],
                "licenses": [{"expression": program["license"]}],
            }
        },
        "components": [_component(pin) for pin in locked],
        "dependencies": [
            _edges(root, declared(), locked),
            *(_edges(_purl(pin), needs(pin.name, asked[pin.name]), locked) for pin in locked),
        ],
    }


def text() -> str:
    """The bill as it is written."""
    return json.dumps(bill(), indent=2) + "\n"


def _component(pin: Pin) -> dict[str, Any]:
    """``pin`` with the digests of all its files: whichever was installed is among them."""
    purl = _purl(pin)
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": purl,
        "name": pin.name,
        "version": pin.version,
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in pin.digests],
        "licenses": [{"expression": licence(pin.name)}],
        "purl": purl,
    }
    return component | ({"properties": [{"name": MARKER, "value": pin.marker}]} if pin.marker else {})


def _edges(ref: str, on: Iterable[Requirement], locked: Iterable[Pin]) -> dict[str, Any]:
    names = {canonicalize_name(one.name) for one in on}
    return {"ref": ref, "dependsOn": [_purl(pin) for pin in locked if pin.name in names]}


def _purl(pin: Pin) -> str:
    return f"pkg:pypi/{pin.name}@{pin.version}"
