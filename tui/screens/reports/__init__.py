"""Reports, previewed and taken out."""
