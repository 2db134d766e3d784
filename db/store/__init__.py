"""What is on record: the database, its tables, its keys, the audit chain and the search keys."""

import sys

# peewee loads PostgreSQL's driver wherever that is installed, a tenth of what a command of the host takes and
# 8 MB. `db.store.postgresql` loads it where there is such a database.
if "peewee" not in sys.modules and "psycopg" not in sys.modules:
    sys.modules["psycopg"] = None  # type: ignore[assignment]
    import peewee  # noqa: F401

    del sys.modules["psycopg"]
