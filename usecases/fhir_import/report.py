"""What became of each resource of an import."""

from typing import Literal

from usecases.views import View


class Became(View):
    """One resource: new, known already, known but described differently by now, or refused; `why` says the last two."""

    id: str
    name: str
    what: Literal["new", "known", "differs", "refused"]
    why: str = ""


class Report(View):
    """Of one kind of resource. `into`: what they became."""

    kind: str
    into: str
    became: tuple[Became, ...]

    def count(self, what: str) -> int:
        return len(self.those(what))

    def those(self, what: str) -> list[Became]:
        return [each for each in self.became if each.what == what]

    def lines(self) -> list[str]:
        """The report as text, one line for every difference and every refusal."""
        known = self.count("known") + self.count("differs")
        return [
            f"{self.kind} -> {self.into}: {self.count('new')} new, {known} known, {self.count('refused')} refused",
            *(f"  {each.what} {each.id} ({each.name}): {each.why}" for each in self.became if each.why),
        ]


def refused(resource_id: str, name: str, why: str) -> Became:
    return Became(id=resource_id, name=name, what="refused", why=why)


def known(resource_id: str, name: str, differing: list[str]) -> Became:
    """`differing`: the fields which the file has otherwise than we do. What is known belongs to its owner by now."""
    if not differing:
        return Became(id=resource_id, name=name, what="known")
    fields = ", ".join(field.replace("_", " ") for field in differing)
    return Became(id=resource_id, name=name, what="differs", why=f"the file has another {fields}; left as it is")
