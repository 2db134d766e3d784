"""Browsing, searching and opening entries within the reach of the reader."""
