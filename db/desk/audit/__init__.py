"""Reading the audit chain: who did what on whom, and whether it was allowed."""
