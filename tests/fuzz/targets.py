"""All targets, by name."""

from __future__ import annotations

from tests.fuzz import bounds, confined, files, front, host, record, screens, texts
from tests.fuzz.target import Target

TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        *files.TARGETS,
        *confined.TARGETS,
        *texts.TARGETS,
        *record.TARGETS,
        *screens.TARGETS,
        *host.TARGETS,
        *front.TARGETS,
        *bounds.TARGETS,
    )
}
