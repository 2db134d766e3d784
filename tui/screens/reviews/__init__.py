"""Reviews and inspections."""
