"""What people are told without having asked: on Today and by mail."""
