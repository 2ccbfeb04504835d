"""What the demo's front page shows: addresses and sign-ins."""

from usecases.views import View


class SignInHint(View):
    email: str
    password: str
    who: str


class DoorHint(View):
    """`icon` is a lucide name; `title` and `text` are English message ids."""

    portal: str
    title: str
    text: str
    icon: str
    places: tuple[tuple[str, str], ...]
    """(name, address)."""
    sign_ins: tuple[SignInHint, ...]


class Welcome(View):
    doors: tuple[DoorHint, ...]
    tools: tuple[tuple[str, str, str], ...]
    """(title, text, address): the Temporal UI, the vendors' sandbox."""
