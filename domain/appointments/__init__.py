"""One appointment, from hold to its end: a pure state machine that `workflows/appointment.py` drives."""
