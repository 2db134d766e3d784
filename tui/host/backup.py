"""`mingce backup`: make a backup now, list what lies where, restore one on trial."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from db.desk.backups.backup_rules import Destination, backup_duty, destinations, shortage
from db.language import Text, _, _n
from db.store import subjects
from db.store.backups.backup_store import manifests
from db.store.engine import store
from tui.host.language import t
from tui.host.operator import host_source, opened_store
from tui.host.owner import home_of
from tui.host.shell import FAILED, failures_in_words, tell, tell_json
from tui.plain.words import CommandWords

if TYPE_CHECKING:
    from db.desk.backups.verifying import Outcome


def run_now(words: CommandWords) -> int:
    from db.desk.backups.running import run_backup
    from db.desk.tasks.duties import RunnerPlace
    from tui.front.checkpoints import sign_quietly

    home = home_of(words)
    with opened_store(home):
        pass  # an older database is brought up to date first
    with failures_in_words():
        outcomes = run_backup(home, RunnerPlace("host", host_source()), lambda: sign_quietly(home))
    if words.has("json"):
        tell_json([_of_trial(one) for one in outcomes])
    else:
        for one in outcomes:
            tell(one.sentence)
    return FAILED if any(one.problem for one in outcomes) else 0


def list_all(words: CommandWords) -> int:
    home = home_of(words)
    with opened_store(home, looking=True):
        wanted = backup_duty()
        found = destinations(home, store().settings, wanted)
    lacking = shortage(found, wanted)
    if words.has("json"):
        tell_json([_as_json(one) for one in found])
    else:
        for one in found:
            tell(_headline(one))
            for manifest in manifests(one.place) if one.newest else []:
                tell(
                    _(
                        "        {name}  {size} kB  record {seq}",
                        name=manifest.name,
                        size=manifest.size >> 10,
                        seq=manifest.seq,
                    )
                )
        if lacking:
            tell(lacking)
    return FAILED if lacking or any(one.problem for one in found) else 0


def _headline(one: Destination) -> Text:
    if one.problem:
        return _("FAILED  {place}: {problem}", place=str(one.place), problem=one.problem)
    return _n(
        "ok      {place}: {count} backup",
        "ok      {place}: {count} backups",
        place=str(one.place),
        count=one.count,
    )


def _as_json(one: Destination) -> dict[str, object]:
    found = manifests(one.place) if one.newest else []
    return {
        "place": str(one.place),
        "problem": t(one.problem),
        "backups": [asdict(manifest) for manifest in found],
    }


def verify(words: CommandWords) -> int:
    from db.desk.backups.verifying import Outcome
    from db.desk.backups.verifying import verify_backup as check

    home = home_of(words)
    with opened_store(home, looking=True):
        places = destinations(home, store().settings, backup_duty())
        server = home.database_url(store().settings)
        gone = subjects.destroyed_owners()
    with failures_in_words():
        results = [
            Outcome(one.place, "", one.problem or _("there is no backup in it"))
            if one.newest is None
            else check(home, one.place, one.newest, gone, server)
            for one in places
        ]
    if words.has("json"):
        tell_json([_of_trial(one) for one in results])
    else:
        for result in results:
            tell(result.sentence)
    return FAILED if any(one.problem for one in results) else 0


def _of_trial(one: Outcome) -> dict[str, str]:
    return {"place": str(one.place), "name": one.name, "problem": t(one.problem), "on": one.on}
