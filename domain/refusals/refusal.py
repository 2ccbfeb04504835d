"""Every reason Fourdoors may say no, by name: a title a person understands and what to do next.

Doors turn `kind` into a status and translate `title` and `next_action`, which are English message ids. `details`
fill the placeholders of both. Anything else that is raised is a bug.
"""

from typing import ClassVar, Literal

Kind = Literal[
    "invalid", "unauthenticated", "forbidden", "not_found", "conflict", "gone", "too_large", "too_many", "unavailable"
]


class Refusal(Exception):
    """A rule said no; nothing has changed."""

    title: ClassVar[str] = "That is not possible."
    next_action: ClassVar[str] = "Go back and try something else."
    kind: ClassVar[Kind] = "conflict"
    registry: ClassVar[dict[str, type["Refusal"]]] = {}

    def __init__(self, **details: str) -> None:
        self.details = details
        super().__init__(self.title % details if details else self.title)

    def __init_subclass__(cls) -> None:
        Refusal.registry[cls.__name__] = cls
