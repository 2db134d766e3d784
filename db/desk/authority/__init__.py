"""Who may what: whose sign-in it is, what it rests on, how far it reaches, and what it sees."""
