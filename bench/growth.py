"""B2's growth: how long one booking takes among a thousand and among a million bookings."""

import contextlib
import math
import time
from statistics import median
from uuid import uuid4

import asyncpg

from bench.booking_race import free_slot
from bench.simulation.clinic import Clinic
from domain.actors import Patient
from domain.refusals import AlreadyBooked
from usecases.scheduling.holding import Hold, hold

SIZES = (1_000, 30_000, 1_000_000)
SAMPLES = 25
FILL = """
insert into appointment select gen_random_uuid(), t.organization_id, t.brand_id, gen_random_uuid(), gen_random_uuid(),
  t.appointment_type_id, null, 'completed', s, s + interval '50 min', tstzrange(s, s + interval '60 min'),
  t.amount, t.currency, t.terms, t.modality, t.jurisdiction, s, true, 0, 0, '', '', true, true, '', null, '', 1, s
from (select * from appointment limit 1) t,
  lateral (select timestamptz '2000-01-01' + make_interval(hours => n) as s from generate_series($1::int, $2::int) n) n
"""


async def growth(clinic: Clinic, patients: list[Patient]) -> tuple[list[tuple[int, float]], float]:
    """(bookings, median seconds of one booking) per size, and the exponent: slope of log time on log size."""
    connection = await asyncpg.connect(clinic.superuser_url)
    await connection.execute("set session_replication_role = replica")
    points, have = [], 0
    for number, size in enumerate(SIZES):
        await connection.execute(FILL, have, size - 1, timeout=600)
        await connection.execute("analyze appointment")
        have = size
        points.append((size, await one_booking(clinic, patients, number)))
    await connection.close()
    return points, slope(points)


async def one_booking(clinic: Clinic, patients: list[Patient], number: int) -> float:
    took = []
    for sample in range(SAMPLES):
        patient = patients[1 + number * SAMPLES + sample]
        specialist_id, slot = await free_slot(clinic, patient, 20 + sample)
        wish = Hold(specialist_id=specialist_id, appointment_type="intake", start=slot.start, key=uuid4().hex)
        began = time.perf_counter()
        with contextlib.suppress(AlreadyBooked):  # the winner of an earlier race may be busy then
            await hold(clinic.context, patient, wish)
            took.append(time.perf_counter() - began)
    return median(took)


def slope(points: list[tuple[int, float]]) -> float:
    x = [math.log(size) for size, _ in points]
    y = [math.log(seconds) for _, seconds in points]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / sum((a - mean_x) ** 2 for a in x)
