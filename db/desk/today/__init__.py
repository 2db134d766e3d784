"""What Today shows: what waits for the actor, and what is new."""
