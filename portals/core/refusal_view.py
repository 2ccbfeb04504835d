"""A refusal as a person reads it."""

from dataclasses import dataclass, field

from domain.refusals import ConsentMissing, DocumentInvalid, InvalidInput, Refusal, SignedOut
from domain.refusals.sentence import told
from portals.core.i18n import N_, gettext


@dataclass(frozen=True)
class RefusalView:
    """`errors` maps a field's name to its text; `lines` are sentences that belong to no field. All translated.

    `way` is the address of the page where it is mended, which leads back to its `next`; `way_text` says so.
    """

    title: str
    next_action: str
    errors: dict[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    way: str = ""
    way_text: str = ""


WAYS: dict[type[Refusal], tuple[str, str]] = {
    ConsentMissing: ("/consents", N_("Read and consent")),
    SignedOut: ("/sign-in", N_("Sign in")),
}


def refusal_view(refusal: Refusal) -> RefusalView:
    way, way_text = WAYS.get(type(refusal), ("", ""))
    return RefusalView(
        title=gettext(refusal.title, **refusal_details(refusal)),
        next_action=gettext(refusal.next_action, **refusal_details(refusal)),
        errors=(
            {name: gettext(text) for name, text in refusal.errors.items()} if isinstance(refusal, InvalidInput) else {}
        ),
        lines=tuple(told(each, gettext) for each in refusal.errors) if isinstance(refusal, DocumentInvalid) else (),
        way=way,
        way_text=gettext(way_text) if way_text else "",
    )


def refusal_details(refusal: Refusal) -> dict[str, str]:
    return getattr(refusal, "details", {})
