"""Asking for what is rarer than a change: disclosures, copies, rights, structure, contacts, deletion."""
