"""What has to be done by a due day: who does it, what must be there first, and the duty runner."""
