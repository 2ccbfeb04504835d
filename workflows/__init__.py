"""The durable processes: deterministic code only. Imports `domain` and nothing else of ours."""

TASK_QUEUE = "fourdoors"
