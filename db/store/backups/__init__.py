"""Backups of the record: encrypted, the same for both databases, counted only once restored and checked."""
