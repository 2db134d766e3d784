"""Siege: one person with patience against everybody else (`docs/security.md`, "Fuzz and siege").

- `stage`: an organisation in memory, what is under way in it, and attempts that are undone;
- `actors`: the attacker, two accomplices, and the accounts that came to be through them;
- `acts`: one thing that is done, be it an operation, the door, the clock or the host;
- `arguments`, `words`, `forms`, `files`: what operations are asked with;
- `rows`: what an act changed; `tables.toml`: what each table is to somebody's power;
- `concerned`, `oracle`: whom that concerns, whether one person may do it, and who had to be told;
- `walking`, `search`, `shrinking`: a walk, every operation by every holder, walks from one state to the
  next, and what is left of a walk that shows the same;
- `worlds`, `bounds`, `outside`: what somebody may learn, what they may heap up, what is done beside the desk.

Nothing here asks the product who is independent of whom or whether an act moves power: that is what is
judged.
"""
