"""Keys and what is sealed with them: authenticated, bound to its place, different each time, changed without a stop."""

from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag

from domain.actors import Patient
from domain.refusals import FormExpired
from gateways.master_keys import MasterKeys
from models.security import key_id, pads
from models.session import TOKEN_SECONDS, ActorSigner
from portals.core import csrf
from usecases.identity.sealing import derived_key, seal, unseal

OLD, NEW, SECRET = b"o" * 32, b"n" * 32, b"s" * 40


def test_what_is_sealed_is_sealed_anew_each_time_and_cannot_be_changed() -> None:
    first, second = seal(SECRET, "JBSWY3DPEHPK3PXP", "app/1"), seal(SECRET, "JBSWY3DPEHPK3PXP", "app/1")
    assert first != second
    assert unseal(SECRET, first, "app/1") == unseal(SECRET, second, "app/1") == "JBSWY3DPEHPK3PXP"
    changed = first[:20] + ("A" if first[20] != "A" else "B") + first[21:]
    for sealed, about, key in ((changed, "app/1", SECRET), (first, "app/2", SECRET), (first, "app/1", b"x" * 40)):
        with pytest.raises(FormExpired):
            unseal(key, sealed, about)


def test_each_use_has_a_key_of_its_own() -> None:
    made = [derived_key(SECRET, use) for use in ("sealing", "challenges", "anything")]
    assert len(set(made)) == 3
    assert {len(key) for key in made} == {32}


def test_master_keys_change_while_old_ones_still_open() -> None:
    before, both, after = MasterKeys({"a": OLD}), MasterKeys({"b": NEW, "a": OLD}), MasterKeys({"b": NEW})
    key, name = b"k" * 32, uuid4()
    wrapped = before.wrap(key, name)
    assert both.unwrap(wrapped, name, "a") == key
    again = both.wrap(both.unwrap(wrapped, name, "a"), name)
    assert after.unwrap(again, name, "b") == key
    with pytest.raises(KeyError):
        after.unwrap(wrapped, name, "a")
    for forged, place in ((again[:-1] + bytes([again[-1] ^ 1]), name), (again, uuid4())):
        with pytest.raises(InvalidTag):
            after.unwrap(forged, place, "b")


def test_the_actor_is_signed_for_two_minutes_under_a_named_key() -> None:
    actor = Patient(uuid4(), uuid4(), uuid4(), uuid4())
    signer = ActorSigner(OLD)
    body, _, signature = signer.token(actor).rpartition(".")
    assert body.startswith(f"{key_id(OLD)}|patient|")
    assert len(signature) == 64
    assert signature not in ActorSigner(NEW).token(actor)
    assert TOKEN_SECONDS <= 120
    with pytest.raises(ValueError, match="32 bytes"):
        ActorSigner(b"short")
    assert OLD.hex() not in key_id(OLD)
    assert all(OLD not in pad for pad in pads(OLD))


def test_form_tokens_differ_by_use_of_the_same_key() -> None:
    token = csrf.issue("a-session", SECRET)
    assert csrf.verify(token, "a-session", SECRET)
    assert not csrf.verify(token, "a-session", derived_key(SECRET, "sealing"))
