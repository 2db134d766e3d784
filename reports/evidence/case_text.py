"""The parts of an evidence pack that people read: the case, the audit, and how to check it all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tabulate import tabulate

from db.desk.audit.act_names import VALUES
from db.desk.cases.case_views import PartyView
from db.desk.cases.proof import CaseEvidence, ChainProof, Excerpt
from db.language import Language, Message, Text, _, _n, currency_words, listed, say
from reports.pages import Style

INDENTS: dict[Style, str] = {"more": "    "}


@dataclass(frozen=True, slots=True)
class CaseTextLine:
    style: Style
    text: Text


README = _(
    "EVIDENCE PACK: case {number}, {organisation}\n\ncase.*.pdf     the case and its records to read and "
    "print, in Chinese (zh_CN) and English (en)\ncase.*.txt     the case as text: report, persons, "
    "decision, history\naudit.*.txt    who did what and when: the records of the audit that belong to "
    "the case\naudit.jsonl    the same records exactly as they were hashed, one a line\n               "
    "(words: what each says; it is sealed in why and told, which its keys open: base64 of "
    "12\n               bytes and AES-256-GCM, with the record's number in 8 bytes bound to it)\n"
    "chain.json     how the whole audit chain stood when this pack was made\ncheckpoints.jsonl, "
    "checkpoints.hex     signed ends of the chain that cover the records, and the public\n               "
    "key they are signed with\ncopies.json    copies of the directory that were traced, with whom they "
    "were issued to\nfiles/         files of evidence, as they were submitted\nMANIFEST.sha256, "
    "MANIFEST.sig, public.pem, public.hex     the digest of each file, the signature "
    "over\n               the digests (Ed25519, RFC 8032), and the public key\n\nTO CHECK IT (a Unix "
    "shell with coreutils and OpenSSL 3):\n\n  1. No file was changed:       sha256sum -c "
    "MANIFEST.sha256\n  2. The digests are signed:    {{ printf 'mingce:evidence-pack\\0'; cat "
    "MANIFEST.sha256; }} > signed\n       openssl pkeyutl -verify -pubin -inkey public.pem -rawin -in "
    "signed -sigfile MANIFEST.sig\n  3. The key is the organisation's: compare public.hex with what the "
    "organisation states; on its host\n       `mingce case key` prints it.\n  4. Each record is as it "
    "was written: its hash in audit.jsonl is the SHA-256 of the hash before it\n       (32 bytes) and "
    "then, for each of its fields in the order given, one byte (0 for nothing,\n       else 1), the "
    "length in 8 bytes (big-endian), and the text in UTF-8. A record whose hash is the\n       next "
    "one's hash before it directly precedes that one.\n  5. Each line of checkpoints.jsonl says with "
    "which record and hash the chain ended at a time, signed\n       outside the database (Ed25519 over "
    "'mingce:checkpoint', a zero byte, and record, hash and time\n       with blanks between). A record "
    "up to there was not changed since, or the hash at the signed\n       record would be another; the "
    "records between are on the organisation's host.\n  All five at once, on the organisation's host: "
    "mingce case verify FILE\n  There it also says whether the records still stand so in the chain of "
    "today.\n"
)


def readme(evidence: CaseEvidence) -> str:
    """Return the text of what the pack holds and how to check it, in both languages."""
    message = Message(README.text, {"number": evidence.case.row.id, "organisation": evidence.organisation})
    return f"{say(message, 'zh_CN')}\n{'=' * 78}\n\n{say(message, 'en')}"


def case_text(evidence: CaseEvidence, language: Language) -> str:
    """Return the case as plain text: all that is known of it, in full."""
    lines = []
    for line in case_lines(evidence):
        gap = "\n" if line.style in ("head", "made") else ""
        lines.append(f"{gap}{INDENTS.get(line.style, '')}{say(line.text, language)}")
    lines.insert(1, "")
    return "\n".join(lines) + "\n"


def audit_text(evidence: CaseEvidence, proof: ChainProof, language: Language) -> str:
    """Return the records as a plain-text table, exhibits marked with a star, followed by how the chain proves
    them."""
    rows = [[say(cell, language) for cell in record_cells(one)] for one in evidence.records]
    table = tabulate(rows, [say(one, language) for one in record_heads()], disable_numparse=True)
    said = [say(one, language) for one in after_records(evidence, proof)]
    return "\n".join([*([table, ""] if rows else []), *said]) + "\n"


def record_heads() -> tuple[Text, ...]:
    return (
        _("Record"),
        _("When"),
        _("Who"),
        _("What"),
        _("About whom"),
        _("Outcome"),
        _("Clause"),
        _("From"),
    )


def record_cells(one: Excerpt) -> tuple[Text, ...]:
    return (
        f"{'* ' if one.exhibit else ''}{one.row.seq}",
        one.row.at,
        f"{one.row.who} ({one.row.login})" if one.row.login else one.row.who,
        one.row.label,
        one.row.whom,
        VALUES["outcome"][one.row.outcome],
        one.row.clause,
        one.row.source,
    )


def after_records(evidence: CaseEvidence, proof: ChainProof) -> list[Text]:
    if not evidence.records:
        return [
            _chain(proof),
            _("No audit record is attached, and none tells of those whom the case is about."),
        ]
    said: list[Text] = [_chain(proof), _signed_count(evidence, proof)]
    said.append(_("Records with a star are attached to the case as exhibits."))
    if evidence.more:
        said.append(
            _n(
                "{count} older record of the same persons is left out.",
                "{count} older records of the same persons are left out.",
                count=evidence.more,
            )
        )
    return said


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


def case_lines(evidence: CaseEvidence) -> Iterator[CaseTextLine]:
    view = evidence.case
    row = view.row
    yield CaseTextLine("title", _("Case {number}: {kind}", number=row.id, kind=row.kind_label))
    facts: list[tuple[Text, Text]] = [
        (_("Organisation"), evidence.organisation),
        (_("Directory"), row.book_label),
    ]
    facts += [(_("Regulation"), policy) for policy in evidence.policies]
    facts += [
        (_("Classification"), evidence.classification),
        (_("Clause"), row.clause),
        (_("Status"), row.state_label),
        (_("Outcome"), row.outcome_label),
        (_("Reported"), f"{row.reported_at} {view.reporter} · {row.unit}"),
        (_("In words"), view.words),
    ]
    if view.decided_by:
        facts.append((_("Judged and decided by"), listed(view.decided_by)))
    if view.decided_at:
        facts.append((_("Decision"), view.decided_at))
    for name, value in facts:
        yield CaseTextLine("fact", _pair(name, value))
    yield CaseTextLine("head", _("Persons concerned"))
    for party in view.parties:
        yield from _party(party)
    if view.attached:
        yield CaseTextLine("head", _("Attached"))
    for one in view.attached:
        told = _("- {what} {number}: {told}", what=one.what_label, number=one.number, told=one.told)
        yield CaseTextLine("item", told)
    yield CaseTextLine("head", _("History"))
    for event in view.history:
        told = _("- {at} {who}: {act} {word}", at=event.at, who=event.who, act=event.act, word=event.word)
        yield CaseTextLine("item", told)
    made = _("Made by {name} ({login}) at {at}.", name=evidence.made_by, login=evidence.login,
             at=evidence.made_at)  # fmt: skip
    yield CaseTextLine("made", made)


def _appeal(party: PartyView) -> Iterator[CaseTextLine]:
    made = party.appeal
    if made is None:
        return
    before = listed(made.before) if made.before else "–"
    told = _("appeal {at}: {words} (against: {what})", at=made.at, words=made.words, what=before)
    if made.reopened:
        told = _("opened again {at}: {words} (against: {what})", at=made.at, words=made.words, what=before)
    yield CaseTextLine("more", told)
    if made.outcome:
        answer = _(
            "{outcome} {at}: {reason}", outcome=made.outcome_label, at=made.heard_at, reason=made.reason
        )
        yield CaseTextLine("more", answer)


def _party(party: PartyView) -> Iterator[CaseTextLine]:
    told = _("- {name}, {unit}, {position}", name=party.name, unit=party.unit, position=party.position)
    yield CaseTextLine("item", told)
    further = (party.further,) if party.further else ()
    for sanction in (*party.sanctions, *further):
        yield CaseTextLine("more", _("{sanction} ({clause})", sanction=sanction, clause=party.clause))
    if party.unpunished:
        yield CaseTextLine("more", _("not punished"))
    if party.statement:
        yield CaseTextLine("more", _("statement before the sanction: {words}", words=party.statement))
    yield from _appeal(party)
    if party.amount:
        fine = _(
            "fine {amount} {currency} in all, {times}×",
            amount=party.amount,
            currency=currency_words(party.currency),
            times=party.occurrences,
        )
        yield CaseTextLine("more", fine)
    elif party.occurrences > 1:
        yield CaseTextLine("more", _("happened {times} times", times=party.occurrences))
    if party.earlier:
        yield CaseTextLine(
            "more", _n("found {count} time before", "found {count} times before", count=party.earlier)
        )


def _signed_count(evidence: CaseEvidence, proof: ChainProof) -> Text:
    """Return how many of the records a signed checkpoint covers."""
    covered = sum(one.row.seq <= proof.signed_to for one in evidence.records)
    if not covered:
        return _("None of these records was covered by a signed checkpoint yet.")
    return _(
        "{covered} of {count} records lie under signed checkpoints, the last at record {last} of {at}.",
        covered=covered,
        count=len(evidence.records),
        last=proof.signed_to,
        at=proof.signed_at,
    )


def _pair(name: Text, value: Text) -> Text:
    return _("{name}: {value}", name=name, value=value)
