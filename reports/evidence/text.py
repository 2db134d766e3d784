"""The parts of an evidence pack that people read: the case, the audit, and how to check it all."""

from __future__ import annotations

from collections.abc import Iterator

from tabulate import tabulate

from db.desk.cases.proof import ChainProof, Evidence
from db.desk.cases.views import PartyView
from db.language import Language, Message, Text, _, say

README = _(
    "EVIDENCE PACK: case {number}, {organisation}\n"
    "\n"
    "case.*.txt     the case in Chinese (zh_CN) and English (en): report, persons, decision, history\n"
    "audit.*.txt    who did what and when: the records of the audit that belong to the case\n"
    "audit.jsonl    the same records exactly as they were hashed, one a line\n"
    "chain.json     how the whole audit chain stood when this pack was made\n"
    "copies.json    copies of the directory that were traced, with whom they were issued to\n"
    "files/         files of evidence, as they were handed in\n"
    "MANIFEST.sha256, MANIFEST.sig, public.pem, public.hex     the digest of each file, the signature over\n"
    "               the digests (Ed25519, RFC 8032), and the public key\n"
    "\n"
    "TO CHECK IT (a Unix shell with coreutils and OpenSSL 3):\n"
    "\n"
    "  1. No file was changed:       sha256sum -c MANIFEST.sha256\n"
    "  2. The digests are signed:    {{ printf 'mingce:evidence-pack\\0'; cat MANIFEST.sha256; }} > signed\n"
    "       openssl pkeyutl -verify -pubin -inkey public.pem -rawin -in signed -sigfile MANIFEST.sig\n"
    "  3. The key is the organisation's: compare public.hex with what the organisation states; on its host\n"
    "       `mingce case key` prints it.\n"
    "  4. Each record is as it was written: its hash in audit.jsonl is the SHA-256 of the hash before it\n"
    "       (32 bytes) and then, for each of its fields in the order given, one byte (0 for nothing,\n"
    "       else 1), the length in 8 bytes (big-endian), and the text in UTF-8. A record whose hash is the\n"
    "       next one's hash before it directly precedes that one.\n"
    "  All four at once, on the organisation's host: mingce case verify FILE\n"
    "  There it also says whether the records still stand so in the chain of today.\n"
)


def readme(evidence: Evidence) -> str:
    """What the pack holds and how to check it, in both languages."""
    message = Message(README.text, {"number": evidence.case.row.id, "organisation": evidence.organisation})
    return f"{say(message, 'zh_CN')}\n{'=' * 78}\n\n{say(message, 'en')}"


def case_text(evidence: Evidence, language: Language) -> str:
    """The case, so that it can be read without anything else."""
    lines = [say(line, language) for line in _case(evidence)]
    return "\n".join(lines) + "\n"


def audit_text(evidence: Evidence, proof: ChainProof, language: Language) -> str:
    """The records as a table, exhibits marked with a star, and what proves them."""
    head = (
        _("Record"),
        _("When"),
        _("Who"),
        _("What"),
        _("About whom"),
        _("Outcome"),
        _("Clause"),
        _("From"),
    )
    rows = [
        (
            f"{'* ' if one.exhibit else ''}{one.row.seq}",
            one.row.at,
            f"{one.row.who} ({one.row.login})" if one.row.login else one.row.who,
            say(one.row.label, language),
            one.row.whom,
            one.row.outcome,
            one.row.clause,
            one.row.source,
        )
        for one in evidence.records
    ]
    table = tabulate(rows, [say(one, language) for one in head], disable_numparse=True)
    said: list[Text] = [_chain(proof), _("Records with a star are attached to the case as exhibits.")]
    if evidence.more:
        said.append(_("{count} older records of the same persons are left out.", count=evidence.more))
    return "\n".join([table, "", *(say(one, language) for one in said)]) + "\n"


def _chain(proof: ChainProof) -> Text:
    if proof.bad is None:
        return _(
            "At {at} the audit chain was checked and found sound: {count} records, head {hash}.",
            at=proof.at,
            count=proof.records,
            hash=proof.head,
        )
    return _(
        "At {at} the audit chain was checked. It breaks at record {bad}; records before it are sound.",
        at=proof.at,
        bad=proof.bad,
    )


def _case(evidence: Evidence) -> Iterator[Text]:
    view = evidence.case
    row = view.row
    yield _("Case {number}: {kind}", number=row.id, kind=row.kind_label)
    yield ""
    yield _pair(_("Organisation"), evidence.organisation)
    yield _pair(_("Directory"), row.book_label)
    for policy in evidence.policies:
        yield _pair(_("Regulation"), policy)
    yield _pair(_("Classification"), evidence.classification)
    yield _pair(_("Clause"), row.clause)
    yield _pair(_("Stands"), row.state_label)
    yield _pair(_("Outcome"), row.outcome_label)
    yield _pair(_("Reported"), f"{row.reported_at} {view.reporter} · {row.unit}")
    yield _pair(_("In words"), view.words)
    if view.decided_by:
        yield _pair(_("Decision"), f"{view.decided_at} {view.decided_by}")
    yield ""
    yield _("Persons concerned")
    for party in view.parties:
        yield from _party(party)
    yield ""
    yield _("Attached")
    for one in view.attached:
        yield _("- {what} {number}: {told}", what=one.what_label, number=one.number, told=one.told)
    yield ""
    yield _("History")
    for event in view.history:
        yield _("- {at} {who}: {act} {word}", at=event.at, who=event.who, act=event.act, word=event.word)
    yield ""
    made = _("Made by {name} ({login}) at {at}.", name=evidence.made_by, login=evidence.login,
             at=evidence.made_at)  # fmt: skip
    yield made


def _party(party: PartyView) -> Iterator[Text]:
    yield _("- {name}, {unit}, {position}", name=party.name, unit=party.unit, position=party.position)
    for sanction in party.sanctions:
        yield _("    {sanction} ({clause})", sanction=sanction, clause=party.clause)
    if party.amount:
        yield _(
            "    fine {amount} {currency} for {times} times",
            amount=party.amount,
            currency=party.currency,
            times=party.occurrences,
        )
    if party.earlier:
        yield _("    found {count} times before", count=party.earlier)


def _pair(name: Text, value: Text) -> Text:
    return _("{name}: {value}", name=name, value=value)
