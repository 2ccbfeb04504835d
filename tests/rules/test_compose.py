"""The compose file is valid, sets only settings which exist, and every one production needs."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose
from pydantic import SecretStr

from settings import Settings, variable_of
from workflows.search_attributes import REGISTRY

FILE = Path("docker-compose.yml")
OURS = ("migrate", "api", "worker")
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\}")
EXAMPLES = {
    "FOURDOORS_STRIPE_KEY": "sk_live_example",
    "FOURDOORS_ACTOR_KEY": "ab" * 32,
    "FOURDOORS_PAYLOAD_KEYS": "one:" + "ab" * 32,
    "FOURDOORS_SPECIALIST_HOST": "specialists.example.org",
    "FOURDOORS_ORGANIZATION_HOST": "organizations.example.org",
    "FOURDOORS_AFFILIATE_HOST": "partners.example.org",
    "FOURDOORS_CALLBACK_URL": "https://hooks.example.org",
    "FOURDOORS_MAIL_FROM": "care@example.org",
}


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text())["services"]
    return found


def check(text: str) -> dict[str, Any]:
    """Against the Compose specification. Variables and merge keys are resolved before, as Compose does."""
    resolved = yaml.safe_load(with_values(text))
    return PyCompose.from_json(json.dumps(resolved)).to_dict()


def with_values(text: str) -> str:
    """The text with every variable replaced by its default or by an example."""

    def value(match: re.Match[str]) -> str:
        if match["kind"] == "-":
            return str(match["rest"])
        return EXAMPLES.get(match["name"], "example-" * 5)

    return VARIABLE.sub(value, text)


def test_it_follows_the_compose_specification() -> None:
    assert set(check(FILE.read_text())["services"]) == set(services())


def test_a_misspelt_key_would_be_noticed() -> None:
    broken = FILE.read_text().replace("healthcheck:", "helthcheck:", 1)
    with pytest.raises(ValueError, match="helthcheck"):
        check(broken)


@pytest.mark.parametrize("service", OURS)
def test_every_variable_is_a_setting(service: str) -> None:
    known = {variable_of(field) for field in Settings.model_fields}
    told = set(services()[service]["environment"]) - {"FORWARDED_ALLOW_IPS"}
    assert told <= known, f"{told - known} are no settings: correct docker-compose.yml or settings.py"


OF_THE_IMAGE = {"FOURDOORS_PORT", "FOURDOORS_METRICS_PORT"}
OF_THE_DEMO = {
    *("FOURDOORS_STATE_DIR", "FOURDOORS_PROCESSES", "FOURDOORS_DATABASE_PORT", "FOURDOORS_TEMPORAL_PORT"),
    *("FOURDOORS_TEMPORAL_UI_PORT", "FOURDOORS_SANDBOX_URL", "FOURDOORS_SANDBOX_PORT"),
}


@pytest.mark.parametrize("service", OURS)
def test_every_setting_of_production_can_be_given(service: str) -> None:
    """What stands in `.env` reaches a container only through this file."""
    known = {variable_of(field) for field in Settings.model_fields} - OF_THE_IMAGE - OF_THE_DEMO
    assert known - set(services()[service]["environment"]) == set()


@pytest.mark.parametrize("service", OURS)
def test_production_starts_with_what_is_set(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(variable_of(field), raising=False)
    told = services()[service]["environment"]
    for name, value in told.items():
        monkeypatch.setenv(name, with_values(value))
    settings = Settings(_env_file=None)
    assert (settings.environment, settings.vendors) == ("production", "live")
    embedded = {"database_url", "database_app_password", "temporal_api_key"}
    secrets = {name for name, field in Settings.model_fields.items() if is_secret(field.annotation)} - embedded
    unset = {variable_of(name) for name in secrets | {"callback_url", "sendgrid_public_key"}} - set(told)
    assert not unset, f"{service} would run on the sandbox's values of {unset}"


def test_only_the_migration_knows_the_owner() -> None:
    for name in ("api", "worker"):
        assert "OWNER" not in services()[name]["environment"]["DATABASE_URL"]
    assert "FOURDOORS_OWNER_PASSWORD" in services()["migrate"]["environment"]["DATABASE_URL"]


def test_no_secret_has_a_default() -> None:
    for match in VARIABLE.finditer(FILE.read_text()):
        if re.search(r"PASSWORD|SECRET|KEY|TOKEN|SID", match["name"]):
            assert match["kind"] == "?" or not match["rest"], (
                f"{match['name']} must be given: write ${{{match['name']}:?what it is}}"
            )


def test_temporal_knows_every_search_attribute() -> None:
    script = services()["temporal-namespace"]["command"][0]
    assert dict(re.findall(r"--name (\w+) --type (\w+)", script)) == REGISTRY


def test_every_lasting_service_tells_whether_it_is_healthy() -> None:
    for name, service in services().items():
        once = str(service.get("restart", "")).startswith("on-failure")
        assert once or name == "temporal-ui" or "healthcheck" in service, name


def is_secret(annotation: object) -> bool:
    return annotation is SecretStr or annotation == SecretStr | None
