"""The entry itself: its values on record, its line in lists, its unit, and what it is sorted under."""
