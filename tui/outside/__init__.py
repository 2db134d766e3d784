"""Services outside that the organisation has: its mail server, and WeCom. They are reached by whatever
runs on the host, never from a session.
"""
