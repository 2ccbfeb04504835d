"""What the demo's front page shows: addresses and sign-ins."""

from usecases.views import View


class SignInHint(View):
    email: str
    password: str
    who: str


class DoorHint(View):
    """`title` as the terminal says it; `places`: (name, address)."""

    portal: str
    title: str
    places: tuple[tuple[str, str], ...]
    sign_ins: tuple[SignInHint, ...]


class Welcome(View):
    """`tools`: (key, title, address) of the vendors' sandbox and the Temporal UI."""

    doors: tuple[DoorHint, ...]
    tools: tuple[tuple[str, str, str], ...]
