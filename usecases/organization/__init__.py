"""What an organization's people see and do: journeys, tasks, appointments, messages, money, people, definitions."""
