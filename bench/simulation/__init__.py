"""A clinic's quarter in minutes: real engines, the demo journey, skipped time, and people who do what people do."""
