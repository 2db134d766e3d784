"""Numbered copies: preview, issue, receipts, and the trace of a found one."""
