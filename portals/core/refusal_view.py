"""A refusal as a person reads it."""

from dataclasses import dataclass, field

from domain.refusals import DocumentInvalid, InvalidInput, Refusal
from domain.refusals.sentence import told
from portals.core.i18n import gettext


@dataclass(frozen=True)
class RefusalView:
    """`errors` maps a field's name to its text; `lines` are sentences that belong to no field. All translated."""

    title: str
    next_action: str
    errors: dict[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()


def refusal_view(refusal: Refusal) -> RefusalView:
    return RefusalView(
        title=gettext(refusal.title, **refusal_details(refusal)),
        next_action=gettext(refusal.next_action, **refusal_details(refusal)),
        errors=(
            {name: gettext(text) for name, text in refusal.errors.items()} if isinstance(refusal, InvalidInput) else {}
        ),
        lines=tuple(told(each, gettext) for each in refusal.errors) if isinstance(refusal, DocumentInvalid) else (),
    )


def refusal_details(refusal: Refusal) -> dict[str, str]:
    return getattr(refusal, "details", {})
