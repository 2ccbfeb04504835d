"""In an organization of thousands a list reads what it shows and counts, whatever else there is."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from domain.actors import Operator
from tests.fixtures.house import RunningHouse
from tests.organization.crowd import BIG, MANY, Crowd, crowded
from usecases.context import Context
from usecases.listing import COUNTED, ROWS
from usecases.organization import appointments, audit, journeys, messages, overview, patients, payments, tasks

Call = Callable[[Context, Operator], Awaitable[Any]]
MOST = MANY // 2
"""Far fewer than there are of anything, and more than any list has to read."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def crowd(house: RunningHouse) -> AsyncIterator[Crowd]:
    async with crowded(house) as made:
        yield made


def listed(module: Any, name: str, query: Any, *more: str) -> Call:
    return lambda context, owner: getattr(module, name)(context, owner, query, *more)


LISTS: dict[str, Call] = {
    "journeys": listed(journeys, "journeys", journeys.JourneyQuery(), "en"),
    "journeys of every state": listed(journeys, "journeys", journeys.JourneyQuery(status="all"), "en"),
    "journeys by beginning": listed(journeys, "journeys", journeys.JourneyQuery(status="all", sort="started"), "en"),
    "appointments": listed(appointments, "appointments", appointments.AppointmentQuery(), "en"),
    "past appointments": listed(appointments, "appointments", appointments.AppointmentQuery(when="past"), "en"),
    "all appointments": listed(appointments, "appointments", appointments.AppointmentQuery(when="all"), "en"),
    "newest patients": listed(patients, "patients", patients.PatientQuery(sort="-created")),
    "open tasks": listed(tasks, "tasks", tasks.TaskQuery(), "en"),
    "done tasks": listed(tasks, "tasks", tasks.TaskQuery(state="done"), "en"),
    "messages": listed(messages, "messages", messages.MessageQuery()),
    "payments": listed(payments, "payments", payments.PaymentQuery()),
}
RARE: dict[str, Call] = {
    "a rare status": listed(messages, "messages", messages.MessageQuery(status="failed")),
    "a rare act": listed(audit, "audit", audit.AuditSearch(act="role:retire")),
    "a rare door": listed(audit, "audit", audit.AuditSearch(door="cli")),
    "what failed": listed(audit, "audit", audit.AuditSearch(outcome="failed")),
    "a name nobody acted under": listed(audit, "audit", audit.AuditSearch(search="nobody of that name")),
}


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_reads_no_more_than_it_counts(crowd: Crowd, name: str) -> None:
    page, taken = await crowd.read(LISTS[name])
    assert (len(page.rows), page.paging.total, page.paging.more) == (ROWS, COUNTED, True), name
    assert page.paging.following == 2
    assert {table: taken[table] for table in BIG if taken[table] > MOST} == {}


@pytest.mark.parametrize("name", RARE)
async def test_what_is_rare_is_found_without_passing_the_rest(crowd: Crowd, name: str) -> None:
    page, taken = await crowd.read(RARE[name])
    assert page.paging.total <= 1
    own = {"message", "audit_entry"}
    assert {table: taken[table] for table in own if taken[table] > 50} == {}


async def test_every_page_is_reached_and_the_last_one_knows_how_many(crowd: Crowd) -> None:
    last = MANY // ROWS

    async def at(page: int) -> tuple[int, int, bool, int | None]:
        query = messages.MessageQuery(page=page)
        paging = (await messages.messages(crowd.house.context, crowd.owner, query)).paging
        return paging.page, paging.total, paging.more, paging.following

    assert await at(COUNTED // ROWS) == (COUNTED // ROWS, COUNTED + ROWS, True, COUNTED // ROWS + 1)
    assert await at(last) == (last, MANY, False, None)
    assert await at(9_000) == (last, MANY, False, None)


async def test_pages_do_not_overlap(crowd: Crowd) -> None:
    seen: set[Any] = set()
    for page in range(1, 5):
        query = appointments.AppointmentQuery(when="all", page=page)
        seen |= {
            row.id for row in (await appointments.appointments(crowd.house.context, crowd.owner, query, "en")).rows
        }
    assert len(seen) == 4 * ROWS


async def test_the_control_room_reads_what_its_figures_count(crowd: Crowd) -> None:
    """Open journeys and tasks are counted; of appointments and money only the weeks it draws."""
    found, taken = await crowd.read(lambda c, o: overview.overview(c, o, overview.OverviewQuery(days="7"), "en"))
    assert (found.journeys.open, found.tasks.open) == (MANY, MANY)
    assert taken["message"] == taken["audit_entry"] == 0
    assert taken["ledger_line"] < MOST


async def test_sums_are_made_from_the_first_day_on(crowd: Crowd) -> None:
    today = crowd.house.context.now().date()
    ask = listed(payments, "payments", payments.PaymentQuery(since=today - timedelta(days=2), until=today))
    found, taken = await crowd.read(ask)
    assert found.takings
    assert taken["ledger_line"] < MOST
    without = await payments.payments(crowd.house.context, crowd.owner, payments.PaymentQuery())
    assert without.takings == ()
