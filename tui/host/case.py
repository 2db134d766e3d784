"""`mingce case …`: taking, checking and vouching for evidence packs."""

from __future__ import annotations

from pathlib import Path

from db.language import Message, _, say
from db.store.audit import verify as verify_chain
from db.store.disk import LARGE
from db.store.keys import SIGN_AUDIT, SIGN_EVIDENCE, read_public, read_publics
from db.store.settings import Home
from db.store.tables import AuditRecord
from reports.evidence.verifying import PackCheck, check
from tui.host.operator import opened_store, work_here
from tui.host.owner import home_of, read_given
from tui.host.shell import FAILED, tell, tell_json
from tui.plain.words import CommandWords


def verify(words: CommandWords) -> int:
    content = read_given(Path(words.operand(0)), LARGE)
    home = home_of(words)
    with opened_store(home, looking=True):
        found = check(content, read_publics(home.keys, SIGN_EVIDENCE))
        problems = [*found.problems, *_changed_records(found), *_signed_elsewhere(found, home)]
    if words.has("json"):
        tell_json(
            {
                "sound": not problems,
                "files": found.files,
                "records": len(found.records),
                "signed_to": max(found.ends, default=0),
                "public_key": found.public,
                "problems": [say(problem, "en") for problem in problems],
            }
        )
    elif problems:
        for problem in problems:
            tell(problem)
    else:
        tell(
            _(
                "The pack is sound: {files} files, {records} records, {covered} of them under signed "
                "checkpoints, signed with this installation's key.",
                files=found.files,
                records=len(found.records),
                covered=sum(number <= max(found.ends, default=0) for number, _hash in found.records),
            )
        )
    return FAILED if problems else 0


def key(words: CommandWords) -> int:
    public = read_public(home_of(words).keys, SIGN_EVIDENCE).hex()
    if words.has("json"):
        tell_json({"public_key": public})
    else:
        tell(Message("{key}", {"key": public}))
    return 0


def pack(words: CommandWords) -> int:
    """Run the SSH command `case pack` on the host as ``--login``, writing the pack to standard output; return
    its exit status."""
    return work_here(words, ["case", "pack", words.operand(0)])


def _signed_elsewhere(found: PackCheck, home: Home) -> list[Message]:
    """Return words for a pack's checkpoints that are another installation's, or that contradict today's
    audit."""
    if not found.ends:
        return []
    if found.ends_by not in {public.hex() for public in read_publics(home.keys, SIGN_AUDIT)}:
        return [_("The checkpoints are not signed with this installation's key.")]
    bad = verify_chain(outside=found.ends).bad
    if bad is None:
        return []
    return [_("The audit of today does not agree with what was signed, from record {number} on.", number=bad)]


def _changed_records(found: PackCheck) -> list[Message]:
    """Return words for each record that today's chain does not hold as the pack does."""
    return [
        _("Record {number} differs from the audit of today.", number=seq)
        for seq, hash in found.records
        if not AuditRecord.select().where((AuditRecord.seq == seq) & (AuditRecord.hash == hash)).exists()
    ]
