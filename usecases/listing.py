"""What every list shares: which page of it, and whose rows.

Whoever looks for somebody by name asks in a body, or with the name sealed: addresses end up in histories and logs.
"""

from datetime import date

from pydantic import Field, ValidationInfo, field_validator
from sqlalchemy import ColumnElement, func
from sqlmodel import col

from models import Person
from usecases.views import Command, View

ROWS, PAGES = 25, 10_000
"""On a page; pages that can be asked for."""
COUNTED = 1_000
"""How far a list counts, whatever else there is: nobody waits for the number of all."""
TURNED = "Choose a day that is not before the first one."


class ListQuery(Command):
    """`page` counts from 1."""

    page: int = Field(1, ge=1, le=PAGES)


class ByName(Command):
    """`search` stands somewhere in the person's name; "" is everybody."""

    search: str = Field("", max_length=80)


class ByDay(Command):
    """`since` and `until` are days on the organization's clock, both included."""

    since: date | None = None
    until: date | None = None

    @field_validator("until")
    @classmethod
    def not_before_since(cls, until: date | None, known: ValidationInfo) -> date | None:
        since = known.data.get("since")
        if since and until and until < since:
            raise ValueError(TURNED)
        return until


class Paging(View):
    """`total` rows in all, `per_page` on each page; `more`: there are others, which nobody has counted."""

    page: int
    total: int
    more: bool = False
    per_page: int = ROWS

    @property
    def previous(self) -> int | None:
        return self.page - 1 if self.page > 1 else None

    @property
    def following(self) -> int | None:
        return self.page + 1 if self.page * self.per_page < self.total and self.page < PAGES else None


def page_within(page: int, total: int, per_page: int = ROWS) -> int:
    """`page`, or the last one of so many rows."""
    return min(page, max(1, -(-total // per_page)))


def counted_to(page: int) -> int:
    """How far the rows are counted when this page is asked for: at least to the end of the next one."""
    return max(COUNTED, (page + 1) * ROWS)


def paging_of(page: int, there: int) -> Paging:
    """Of rows of which `there` were found when one more than `counted_to` was looked for."""
    most = counted_to(page)
    return Paging(page=page, total=min(there, most), more=there > most)


def sought(query: ListQuery) -> str:
    """The name that `query` looks for, "" when it looks for none."""
    return query.search if isinstance(query, ByName) else ""


def full_name(person: type[Person] = Person) -> ColumnElement[str]:
    """Whatever of it is known; `person` is another alias of the table where one is not enough."""
    return func.concat_ws(" ", func.nullif(col(person.given_name), ""), func.nullif(col(person.family_name), ""))


def named_like(search: str) -> ColumnElement[bool]:
    """The text stands somewhere in the person's name; no character of it has a meaning of its own."""
    return func.strpos(func.lower(full_name()), search.lower()) > 0
