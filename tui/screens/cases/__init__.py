"""Cases: reporting, handling to closure, and praise."""
