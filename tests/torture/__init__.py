"""Kills, damage and absence: what machines do to an installation, and an oracle outside it that judges."""
