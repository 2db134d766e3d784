"""What leaves as a document: tables of the record, their formats and their reading marks."""
