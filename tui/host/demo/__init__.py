"""The demonstration: a believable organisation with some weeks of history, fixed by a seed."""
