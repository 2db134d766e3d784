"""The tables that reports are made of, each within its reader's right."""
