"""Cases: a breach or an error, from the report to the closure, and praise for who does well."""
