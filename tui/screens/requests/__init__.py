"""Changes and what becomes of them: forms, one's own requests, the queue of who decides."""
