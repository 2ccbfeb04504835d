"""The rules of the house: pure functions over frozen values. No clock, no network, no database."""
