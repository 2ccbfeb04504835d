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
    from (
      select id, display_name from specialist
      where id in (select e.specialist_id from engagement e where e.organization_id = o.id) limit $3 + 1
    ) s
  )
)::text from organization o where o.id = $2)
"""
"""For the organization $2, as JSON; of specialists one more than $3 at most."""
MOST = 50


class Choices(View):
    """(value, name) pairs: brands by key, specialists by id; none of them when they are too many to choose from."""

    organization: str
    brands: tuple[tuple[str, str], ...]
    specialists: tuple[tuple[str, str], ...]


async def choices(context: Context, operator: Operator) -> Choices:
    found = await context.database.value(operator, OFFERED, operator.organization_id, MOST)
    offered = Choices.model_validate_json(found)
    return offered if len(offered.specialists) <= MOST else offered.model_copy(update={"specialists": ()})
