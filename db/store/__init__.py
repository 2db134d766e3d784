"""What is on record: the database, its tables, its keys, the audit chain and the search keys."""
