"""What a setting may look like; what is refused is said in one sentence with an example, never with the value."""

import re
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BaseModel, Field, SecretStr, TypeAdapter, ValidationError, field_validator

from domain.hosts import is_host

TLS = re.compile(r"|sslmode=(disable|allow|prefer|require|verify-ca|verify-full)")


class IceServer(BaseModel):
    """As a browser's RTCPeerConnection takes it."""

    urls: str | list[str]
    username: str | None = None
    credential: str | None = None

    @field_validator("urls")
    @classmethod
    def relays(cls, urls: str | list[str]) -> str | list[str]:
        if not all(url.startswith(("stun:", "stuns:", "turn:", "turns:")) for url in _listed(urls)):
            raise ValueError("no address of a relay")
        return urls


def _listed(urls: str | list[str]) -> list[str]:
    return [urls] if isinstance(urls, str) else urls or [""]


def _place(url: str) -> SplitResult:
    """Its parts, of which the host and the port are there and make sense."""
    parts = urlsplit(url)
    if not parts.hostname or parts.port == 0 or " " in url:
        raise ValueError
    return parts


def _host(name: str) -> str:
    if not is_host(name.lower()):
        raise ValueError("it has to be the name of a host alone, as in care.example.org")
    return name.lower()


def _web_address(url: str) -> str:
    try:
        if _place(url).scheme in ("http", "https"):
            return url.rstrip("/")
    except ValueError:
        pass
    raise ValueError("it has to be an address that begins with http:// or https://")


def _frontend(address: str) -> str:
    try:
        parts = _place(f"//{address}")
    except ValueError:
        parts = urlsplit("")
    if parts.port is None or parts.netloc != address:
        raise ValueError("it has to be host:port, as in temporal.example.org:7233")
    return address


def _database(url: SecretStr) -> SecretStr:
    try:
        parts = _place(url.get_secret_value())
    except ValueError:
        parts = urlsplit("")
    if parts.scheme.partition("+")[0] not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise ValueError("it has to be postgresql://user:password@host:port/name, special characters percent-encoded")
    if not TLS.fullmatch(parts.query):
        raise ValueError("after the question mark it takes sslmode alone, as in ?sslmode=verify-full")
    return url


def _ice_servers(text: str) -> str:
    try:
        TypeAdapter(list[IceServer]).validate_json(text)
    except ValidationError:
        raise ValueError('it has to be a JSON list, as in [{"urls": "stun:stun.example.org:3478"}]') from None
    return text


def _mailbox(address: str) -> str:
    name, at, host = address.rpartition("@")
    if not (name and at and is_host(host.lower())) or " " in name:
        raise ValueError("it has to be an e-mail address alone")
    return address


Port = Annotated[int, Field(ge=1, le=65535)]
Host = Annotated[str, AfterValidator(_host)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Frontend = Annotated[str, AfterValidator(_frontend)]
DatabaseAddress = Annotated[SecretStr, AfterValidator(_database)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
IceServers = Annotated[str, AfterValidator(_ice_servers)]
