"""Loading configuration packs."""
