"""What may be asked for, the forms that it is written on, and the rules in force."""
