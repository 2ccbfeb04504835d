"""What specialists see and ask: their day, their sessions and notes, their week, the people they treat."""
