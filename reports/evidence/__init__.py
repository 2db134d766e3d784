"""Evidence packs: one signed archive of a case that a lawyer can read and anybody can check (C.13)."""
