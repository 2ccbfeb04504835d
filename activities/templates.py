"""Which template a message is written from."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from domain.messages import FALLBACK
from models import MessageTemplate


def fitting(
    found: Iterable[MessageTemplate], brand_id: UUID | None, languages: Sequence[str]
) -> MessageTemplate | None:
    """In the first of `languages` there is, English last; the brand's own before everybody's; the newest."""
    order = [*languages, FALLBACK]
    mine = [row for row in found if row.brand_id in (None, brand_id) and row.locale in order]
    return min(mine, key=lambda row: (order.index(row.locale), row.brand_id is None, -row.version), default=None)
