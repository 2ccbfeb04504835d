"""What became of each resource of an import."""

from usecases.views import View


class Turned(View):
    """A resource that was not taken, and why."""

    id: str
    name: str
    why: str


class Report(View):
    """Of one kind of resource: how many are new, were brought up to date, were refused. `into`: what they became."""

    kind: str
    into: str
    made: int = 0
    renewed: int = 0
    refused: tuple[Turned, ...] = ()

    def lines(self) -> list[str]:
        """The report as text, one line a refusal."""
        told = f"{self.kind} -> {self.into}: {self.made} new, {self.renewed} brought up to date, "
        return [
            f"{told}{len(self.refused)} refused",
            *(f"  refused {each.id} ({each.name}): {each.why}" for each in self.refused),
        ]
