"""Twilio's refusals, in Twilio's shape."""

from sandbox.store import Json


class TwilioRefusal(Exception):
    def __init__(self, status: int, code: int, message: str) -> None:
        self.status = status
        self.body: Json = {
            "code": code,
            "message": message,
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "status": status,
        }
        super().__init__(message)


def broken(status: int) -> TwilioRefusal:
    """A refusal that is not about the request: 409, 429 or 500."""
    code = {429: 20429, 409: 20409}.get(status, 20500)
    return TwilioRefusal(status, code, {429: "Too Many Requests", 409: "Conflict"}.get(status, "Internal Server Error"))
