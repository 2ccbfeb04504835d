"""3-D Secure: an intent that waits until the person has answered the bank."""

from sandbox.store import Json
from sandbox.stripe.objects import token
from sandbox.world import World


def challenged(world: World, intent: Json, return_url: str | None) -> Json:
    """The intent, waiting; its page's address holds a secret only the person is given."""
    secret = token()
    url = f"{world.options.public_url}/stripe/challenge/{intent['id']}/{secret}"
    action = {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": return_url}}
    return intent | {"status": "requires_action", "next_action": action, "_challenge": secret}
