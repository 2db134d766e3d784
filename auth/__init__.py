"""Who is this? Passwords, codes, delays, sign-in sessions, enrolment and recovery."""
