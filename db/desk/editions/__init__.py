"""Editions by rule: who is in one, who receives it, its numbered copies, and tracing a copy that was found."""
