"""What people send is read where it can do no harm."""
