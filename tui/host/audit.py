"""`mingce audit verify`: whether the chain is whole and the newest there ever was, and the present proved."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from db.desk.notation.localtime import local
from db.language import Message, Text, _, _n
from db.store import audit, checkpoints
from db.store.audit import Verdict
from db.store.checkpoints import Checkpoint, Forged
from db.store.engine import store
from db.store.keys import SIGN_AUDIT, read_public
from db.store.proof.head import is_kept
from db.store.proof.judging import Present
from db.store.proof.parallel import judge_in_parts
from db.store.proof.tampering_words import finding_words
from db.store.settings import Home, Settings
from db.store.verifying import lost_of, unlike_journal, verify_in_parts
from tui.host.operator import BEHIND, opened_store
from tui.host.owner import home_of, name_of
from tui.host.shell import FAILED, CommandFailure, tell, tell_json
from tui.plain.words import CommandWords

REASONS: dict[str, Message] = {
    "missing": _("it is missing, or others were put in its place"),
    "altered": _("its content does not fit its hash"),
    "journal": _("what it sealed was altered or moved"),
    "subject": _("the key of the person it is about is gone, and no record says that they were erased"),
    "words": _("the key of its text is missing or wrong, and no record says that the text was deleted"),
    "tail": _("the chain ends here, but its head says otherwise"),
    "rewritten": _("from here on the chain is not the one that was signed"),
    "older": _("it was signed and is missing: the end was cut off, or this is an old copy"),
}


def verify(words: CommandWords) -> int:
    home, as_json = home_of(words), words.has("json")
    with opened_store(home, even_behind=True, looking=True):
        signed = stored_checkpoints(home)
        verdict = verify_in_parts(checkpoints.expected_hashes(signed))
        if verdict.sound and (missing := first_unsigned_hole(home)):
            verdict = Verdict(verdict.records, missing, "missing")
        last = max(signed, key=lambda one: one.seq, default=None)
        signed_upto = checkpoint_words(last)
        behind = lost_of()
        unlike = unlike_journal(last.seq if last else 0)
        present = present_beside(signed)
    if as_json:
        tell_json(
            {
                "sound": verdict.sound, "records": verdict.records, "bad": verdict.bad,
                "reason": verdict.reason, "signed": last.seq if last else None,
                "signed_at": last.at if last else None, "journal_ahead": behind,
                "unlike_journal": unlike or None,
                "present": None if present is None else {
                    "sound": present.sound, "rows": present.rows,
                    "findings": [asdict(one) for one in present.findings],
                },
            }
        )  # fmt: skip
    elif verdict.sound:
        tell(
            _n(
                "The chain is sound: {count} record.",
                "The chain is sound: {count} records.",
                count=verdict.records,
            )
        )
        tell(signed_upto)
    else:
        tell(
            _(
                "The chain breaks at record {number}: {reason}.",
                number=verdict.bad,
                reason=bad_record_words(verdict),
            )
        )
        tell(_("Stop the server, keep a copy of the state folder as it is, and compare it with a backup."))
    if not as_json:
        _tell_of_the_rest(unlike, present)
    if behind and not as_json:
        tell(
            _n(
                "The journal holds {count} change that the database lacks.",
                "The journal holds {count} changes that the database lacks.",
                count=behind,
            )
        )
        tell(BEHIND)
    whole = verdict.sound and not behind and not unlike
    return 0 if whole and (present is None or present.sound) else FAILED


def first_unsigned_hole(home: Home) -> int:
    """Return the first record of a missing stretch that no restore signed; 0 if there is none."""
    public = read_public(home.keys, SIGN_AUDIT)
    signed: dict[int, tuple[int, str]] = {}
    for place in home.checkpoint_places(store().settings):
        signed |= checkpoints.signed_gaps(place, public)
    return min(
        (after + 1 for after, end in audit.lost_stretches().items() if signed.get(after) != end), default=0
    )


def present_beside(signed: Sequence[Checkpoint]) -> Present | None:
    """Recompute the sums of all tables and compare them with what was ``signed``; return the findings. None
    for a database from before there were sums."""
    if not is_kept(store().database):
        return None
    return judge_in_parts().hold_against(checkpoints.signed_states(signed))


def _tell_of_the_rest(unlike: int, present: Present | None) -> None:
    if unlike:
        tell(_("The journal tells of another record {number} than the chain has.", number=unlike))
    if present is None:
        tell(_("The tables are not proved: the database is of an earlier version."))
    elif present.sound:
        tell(
            _n(
                "What stands in the tables is what was written there: {count} row.",
                "What stands in the tables is what was written there: {count} rows.",
                count=present.rows,
            )
        )
    else:
        tell(_("Somebody changed the database past the program:"))
        for finding in present.findings:
            tell(_("  {finding}", finding=finding_words(finding)))
    if unlike or (present is not None and not present.sound):
        tell(
            _(
                "Stop the server, keep a copy of the state folder as it is, and run `mingce restore`: the "
                "newest good backup and the journal have the rows as they were."
            )
        )


def bad_record_words(verdict: Verdict) -> Text:
    return REASONS.get(verdict.reason, _("unknown"))


def checkpoint_words(last: Checkpoint | None) -> Message:
    """Return words for up to which record signatures outside the database prove the chain."""
    if last is None:
        return _("Nothing of it has been signed yet, so a cut end would not show.")
    return _(
        "It agrees with what was signed, up to record {number} of {at}.", number=last.seq, at=local(last.at)
    )


def stored_checkpoints(home: Home) -> list[Checkpoint]:
    """Do as `read_checkpoints`, with the open store's settings."""
    return read_checkpoints(home, store().settings)


def read_checkpoints(home: Home, settings: Settings) -> list[Checkpoint]:
    """Read all checkpoints of the places in ``settings``. Raises CommandFailure for a forged one."""
    public = read_public(home.keys, SIGN_AUDIT)
    try:
        return [one for place in home.checkpoint_places(settings) for one in checkpoints.read(place, public)]
    except Forged as forged:
        raise CommandFailure(
            _(
                "Line {line} of {file} was not signed with this installation's key.",
                line=forged.line,
                file=str(forged.file),
            ),
            _("Compare it with the other places, the system's log and the backups."),
        ) from forged


def signer(words: CommandWords) -> int:
    from tui.front.signer import run

    places = [Path(folder) for folder in words.option_values("to")]

    for place in places:
        if os.geteuid() == 0 and place.exists() and (uid := place.stat().st_uid) != 0:
            raise CommandFailure(
                _("{folder} belongs to {user}.", folder=str(place), user=name_of(uid)),
                _("Run the command as that user (`sudo -u {user} …`).", user=name_of(uid)),
            )
    return run(Path(words.option_value("key")), places, words.has("syslog"))
