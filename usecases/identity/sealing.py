"""Secrets that must be read again are stored encrypted (AES-256-GCM), each bound to what it belongs to."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.refusals import FormExpired

NONCE = 12


def derived_key(secret_key: bytes, use: str) -> bytes:
    """A key of its own for each `use`, 32 bytes."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"fourdoors {use}".encode()).derive(secret_key)


def seal(secret_key: bytes, plain: str, about: str) -> str:
    nonce = secrets.token_bytes(NONCE)
    box = AESGCM(derived_key(secret_key, "sealing")).encrypt(nonce, plain.encode(), about.encode())
    return urlsafe_b64encode(nonce + box).decode()


def unseal(secret_key: bytes, sealed: str, about: str) -> str:
    """Raises `FormExpired` when `sealed` was not sealed by us, or about something else."""
    try:
        raw = urlsafe_b64decode(sealed)
        return AESGCM(derived_key(secret_key, "sealing")).decrypt(raw[:NONCE], raw[NONCE:], about.encode()).decode()
    except (InvalidTag, ValueError) as broken:
        raise FormExpired from broken
