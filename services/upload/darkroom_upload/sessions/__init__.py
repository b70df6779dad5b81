"""Users who log in from a browser: the login, the session, its cookie and its CSRF token."""
