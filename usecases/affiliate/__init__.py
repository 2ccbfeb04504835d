"""What partners see: which organizations they work with, and nothing of anybody's care."""
