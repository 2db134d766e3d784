"""Editions by rule: who is in one and who receives it, its numbered copies, and tracing a found one."""
