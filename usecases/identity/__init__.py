"""Accounts: passwords, sign-in sessions, links in e-mails. The same for every portal."""
