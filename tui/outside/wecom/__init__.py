"""WeCom, kept in step with the books whose regulations ask for it."""
