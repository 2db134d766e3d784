"""What people see and type: the SSH front, screens, plain commands and the host's command line."""
