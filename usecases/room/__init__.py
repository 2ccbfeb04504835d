"""The session room: two people, let in one at a time, whose browsers find each other by signals through Postgres."""
