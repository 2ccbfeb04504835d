"""JSON doors: one FastAPI sub-app per role. Thin: no rule lives here."""
