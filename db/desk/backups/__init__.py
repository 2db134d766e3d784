"""Backups as the regulations ask for them: how often, where, who is alarmed (C.9.3, D.8, F.4.1, H.6.4)."""
