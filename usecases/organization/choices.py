"""What lists can be narrowed to: the organization's brands and specialists."""

from domain.actors import Operator
from usecases.context import Context
from usecases.views import View

OFFERED = """
(select json_build_object(
  'organization', o.name,
  'brands', (
    select coalesce(json_agg(json_build_array(b.key, b.name) order by b.name), '[]')
    from brand b where b.organization_id = o.id
  ),
  'specialists', (
    select coalesce(json_agg(json_build_array(s.id, s.display_name) order by s.display_name), '[]')
    from specialist s where s.id in (select e.specialist_id from engagement e where e.organization_id = o.id)
  )
)::text from organization o where o.id = $2)
"""
"""For the organization $2, as JSON."""


class Choices(View):
    """(value, name) pairs: brands by key, specialists by id."""

    organization: str
    brands: tuple[tuple[str, str], ...]
    specialists: tuple[tuple[str, str], ...]


async def choices(context: Context, operator: Operator) -> Choices:
    return Choices.model_validate_json(await context.database.value(operator, OFFERED, operator.organization_id))
