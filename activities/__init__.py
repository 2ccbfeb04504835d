"""The side effects of workflows: one file per capability, database and gateways handed in."""
