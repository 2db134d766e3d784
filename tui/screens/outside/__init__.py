"""Systems outside that directories are kept in step with."""
