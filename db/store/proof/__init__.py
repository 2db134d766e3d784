"""The present is proved: what stands in every table now is what the program itself wrote there.

The audit's chain proves what was done. That a telephone number, a role or a sign-in's secret is still what
somebody last made it is proved here, against whoever has the database and its key, or is PostgreSQL's
superuser, but does not have the *proving key* (``keys/proof``).

**What is kept.** Of each table a multiset hash of its rows: the sum, modulo a prime of 255 bits, of a keyed
hash (BLAKE2b, 256 bits) of each row's text, as the database itself writes the row as JSON (MSet-Add-Hash of
Clarke, Devadas, van Dijk, Gassend and Suh, 2003). A changed row costs one subtraction and one addition, in
whatever order rows are changed; both texts are there already, as the journal's triggers take them down
(`db.store.journal.capture`), so no writer can forget it. Sums are changed as the last thing of a transaction,
where it is journaled, and on PostgreSQL by one transaction at a time.

**Why sums and not a tree.** A tree of hashes would name the row, and write its height for each change; sums
cost one small row a transaction, whatever it changed. Sums of hashes that anybody can compute can be forged
by looking for rows that cancel out (Wagner, 2002), for which hashes as long as LtHash's (16,384 bits) are the
answer. Keyed ones can't be computed by who lacks the key, and the sums stand sealed besides, so that not even
differences of two states are known: to cancel out is to guess 255 bits. The modulus is a prime, so that
a row that stands there any number of times does not vanish.

**Where.** All sums stand in the one row of ``proof_head``, with the end of the audit's chain and the
journal's position, sealed (AES-256-GCM) under the proving key. So the head is bound to that end: cutting the
last records off, editing them and mending ``audit_head``, putting an old head back, each shows (`head`). The
hashes of the chain itself stay such as anybody can compute, for evidence packs prove records by them. A
database put back as a whole with its head is shown by the journal and the checkpoints, which lie elsewhere;
these sign a digest of the sums too (`db.store.checkpoints`).

**Naming the row.** A second sum of each table weighs every row with its place, the number of its key. If one
row differs, the differences of the two sums divide to its place, be the row edited, put in or taken out. If
several do, the journal says what they should be (`naming`).

**What is checked otherwise.** `OTHERWISE` names the tables that have no sum, and why. ``search_key`` is some
seventy-five rows a person; what it must hold stands in ``search_entry``, which is proved, and is compared
whole.
What the database does by itself, its triggers, views and functions, is a table of its own here (`SCHEMA`),
and so is what it is made of, its tables, columns, indexes and constraints (`STRUCTURE`).

A scan reads each table once, in parts, in one view of the database (`scanning`, `judging`).
"""

from collections.abc import Mapping

SCHEMA = "schema"
"""What stands for the database's own triggers, views, rules and functions where tables are named."""
STRUCTURE = "structure"
"""What stands there for its tables, columns, indexes and constraints."""
OTHERWISE: Mapping[str, str] = {
    "proof_head": "the sums themselves, sealed",
    "journal_head": "its position is in the sealed head",
    "journal_change": "what the running transaction changed so far; empty for everybody else",
    "search_key": "compared whole with search_entry, which is proved",
    "fresh_key": "temporary, within one transaction",
    "failed_sign_ins": "what strangers can have written, each by the minute; forgotten by itself within days",
    "failure_count": "the same; whoever empties it makes guessing quicker for a time, and shuts nobody out",
    "refusal_tally": "the same",
    "day_count": "the same, of what people keep a day",
    "pickup": "of minutes; what it is worth stands in a digest bound to its account, source and end",
}
"""Tables without a sum, and why; a test fails for a table that has none and is not here."""
