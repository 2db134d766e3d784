"""Systems outside that books are kept in step with, such as the directory in WeCom (G.4)."""
