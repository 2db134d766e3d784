"""Reviews: a campaign looks at things one by one, each is decided, nothing stays open at its end."""
