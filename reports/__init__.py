"""What leaves as a document: reports over the record, and the formats they leave in.

A report is built from the desk's own operations, so it holds what its reader may see and nothing
else. `catalogue` lists the reports of a reader, `build` makes one, `export` turns it into a file and
records that it left.
"""
