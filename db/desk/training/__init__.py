"""Training on the rules: who was trained on which version, who is due, and what waits for it (F.6.2)."""
