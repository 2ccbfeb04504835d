"""What lists can be narrowed to: the organization's brands and specialists."""

from sqlalchemy import select
from sqlmodel import col

from domain.actors import Operator
from models import Brand, Engagement, Organization, Specialist
from usecases.context import Context
from usecases.views import View


class Choices(View):
    """(value, name) pairs: brands by key, specialists by id."""

    organization: str
    brands: tuple[tuple[str, str], ...]
    specialists: tuple[tuple[str, str], ...]


async def choices(context: Context, operator: Operator) -> Choices:
    brands = select(col(Brand.key), col(Brand.name)).where(col(Brand.organization_id) == operator.organization_id)
    engaged = select(col(Engagement.specialist_id)).where(col(Engagement.organization_id) == operator.organization_id)
    specialists = select(col(Specialist.id), col(Specialist.display_name)).where(col(Specialist.id).in_(engaged))
    async with context.database.transaction(operator) as session:
        found = await session.execute(specialists.order_by(col(Specialist.display_name)))
        return Choices(
            organization=(await session.get_one(Organization, operator.organization_id)).name,
            brands=tuple((key, name) for key, name in await session.execute(brands.order_by(col(Brand.name)))),
            specialists=tuple((str(specialist_id), name) for specialist_id, name in found),
        )
