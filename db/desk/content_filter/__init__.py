"""Content that no entry may hold: found on save and on import alike (H.4.3). Not an operation."""
