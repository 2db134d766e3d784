"""How values, days, times, cells and files are written, read and known."""
