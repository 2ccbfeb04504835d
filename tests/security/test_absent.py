"""What the house does without, so that nobody can attack it there. Each search is shown to find what there is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.params import File
from starlette.routing import WebSocketRoute

from handbook.endpoints import MADE, routes_of
from tests.security.source import ROOT, calls, imported, said, texts, trees
from usecases.yaml_documents import Loader

TEMPLATES = texts("portals/templates", ".html")
SCRIPTS = texts("portals/static/js", ".js")
KNOWN = frozenset({"hashlib", "sha256", "cryptography", "exceptions", "invalidtag", "invalidsignature", "hazmat"}) | {
    *("primitives", "ciphers", "aead", "aesgcm", "hashes", "kdf", "hkdf"),
    *("asymmetric", "ec", "ed25519", "ed25519privatekey", "ed25519publickey", "serialization", "load_der_public_key"),
}
"""All that the house takes out of `hashlib` and `cryptography`."""


PAGE_WITH_A_FILE = Path("portals/templates/patient/documents.html")


def applications() -> Iterator[FastAPI]:
    for mounted in MADE.values():
        yield from (create() for create in mounted.values())


def parts_of(dependant: Dependant) -> Iterator[Any]:
    yield from dependant.body_params
    for inner in dependant.dependencies:
        yield from parts_of(inner)


def test_the_search_finds_what_there_is() -> None:
    assert len(trees()) > 200
    assert {"yaml", "cryptography.hazmat.primitives.ciphers.aead.AESGCM", "starlette.requests.Request"} <= imported()
    assert [path for path, _ in calls("secrets.token_urlsafe")]
    assert len(TEMPLATES) > 60
    assert len(SCRIPTS) > 5


def test_no_command_of_the_system_is_run() -> None:
    assert imported().isdisjoint({"subprocess", "pty", "commands", "os.system", "os.popen"})
    assert not list(calls("os.system", "os.popen", "create_subprocess_exec", "create_subprocess_shell"))


def test_no_text_becomes_code() -> None:
    found = [
        f"{path}:{node.lineno}"
        for path, node in calls("eval", "exec", "compile", "__import__")
        if ast.unparse(node.func) not in ("re.compile", "cel.compile") and isinstance(node.func, ast.Name)
    ]
    assert not found


def test_no_object_is_read_from_bytes() -> None:
    assert imported().isdisjoint({"pickle", "cPickle", "dill", "marshal", "shelve", "jsonpickle", "cloudpickle"})
    assert {ast.unparse(call.args[1]) for _, call in calls("yaml.load")} == {"Loader"}
    assert issubclass(Loader, yaml.CSafeLoader)
    assert Loader.yaml_constructors == yaml.SafeLoader.yaml_constructors
    assert not list(calls("yaml.unsafe_load", "yaml.full_load", "yaml.load_all"))


def test_no_xml_ldap_latex_or_cache_server_is_spoken() -> None:
    assert imported().isdisjoint({"xml", "lxml", "xmltodict", "defusedxml", "bs4", "html5lib"})
    assert imported().isdisjoint({"ldap", "ldap3", "memcache", "pymemcache", "aiomcache", "pylatex", "jnius", "redis"})


def test_no_graph_of_queries_is_served() -> None:
    assert imported().isdisjoint({"graphql", "graphene", "strawberry", "ariadne"})


def test_no_other_party_signs_people_in() -> None:
    """No OAuth, OpenID Connect or SAML, neither asked nor answered, and no token that carries its own claims."""
    assert imported().isdisjoint(
        {"authlib", "oauthlib", "requests_oauthlib", "saml2", "onelogin", "jwt", "jose", "joserfc"}
    )
    paths = {route.path for app in applications() for route in routes_of(app.routes)}
    assert len(paths) > 100
    assert not [path for path in paths if re.search(r"oauth|oidc|saml|authorize|\.well-known|/token|callback", path)]


def test_no_address_is_a_web_socket() -> None:
    assert not [route for app in applications() for route in app.routes if isinstance(route, WebSocketRoute)]
    assert not list(calls("websocket", "add_api_websocket_route", "WebSocketRoute"))


def test_one_address_takes_a_file() -> None:
    """Of the patients' pages and of their JSON door each; no route takes files past them."""
    taken = [part for app in applications() for route in routes_of(app.routes) for part in parts_of(route.dependant)]
    assert taken
    assert not [part.name for part in taken if isinstance(part.field_info, File)]
    assert "fastapi.UploadFile" not in imported()
    assert [path for path, text in TEMPLATES.items() if 'type="file"' in text] == [PAGE_WITH_A_FILE]
    doors = [
        (path, said(call)["uploads"]) for path, call in calls("create_portal", "create_door") if "uploads" in said(call)
    ]
    assert {path.parts[:2] for path, _ in doors} == {("api", "patient"), ("portals", "patient")}
    assert {uploads for _, uploads in doors} == {"frozenset({'/api/documents'})", "frozenset({documents.ADDRESS})"}


def test_no_archive_is_opened() -> None:
    assert imported().isdisjoint({"zipfile", "tarfile", "shutil"})


def test_no_answer_is_a_file_named_by_the_caller() -> None:
    assert imported().isdisjoint({"fastapi.responses.FileResponse", "starlette.responses.FileResponse"})
    assert imported().isdisjoint({"starlette.staticfiles", "fastapi.staticfiles"})


def test_no_sql_is_put_together_from_what_people_say() -> None:
    """`text` takes one literal; values are parameters. Only the policies, which are ours, are made of parts."""
    made = [
        f"{path}:{node.lineno}"
        for path, node in calls("text", "sqlalchemy.text", "literal_column")
        if path.parts[0] in ("usecases", "activities", "api", "portals", "models")
        and ast.unparse(node.func) in ("text", "sqlalchemy.text", "literal_column", "sqlalchemy.literal_column")
        and not (isinstance(node.args[0], ast.Constant) or ast.unparse(node.args[0]).isupper())
    ]
    assert not made


def test_no_template_switches_escaping_off() -> None:
    found = [path for path, text in TEMPLATES.items() if re.search(r"\|\s*safe\b|autoescape|Markup", text)]
    assert not found
    assert not list(calls("from_string", "Template"))


def test_no_template_holds_a_script_or_a_style_of_its_own() -> None:
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|<[a-z][^>{}]*\s(?:style|on[a-z]+)=\"|javascript:"
    )
    assert not {path: found[0] for path, text in TEMPLATES.items() if (found := inline.search(text))}


def test_no_page_asks_another_site() -> None:
    away = re.compile(
        r"(?:src|srcset|data-src)=\"(?:https?:)?//|<link[^>]+href=\"(?:https?:)?//|<iframe|<object|<embed|<applet"
    )
    assert not {path: found[0] for path, text in TEMPLATES.items() if (found := away.search(text))}
    called = re.compile(r"(?:fetch|import|EventSource|WebSocket)\(\s*['\"`](?:https?:|wss?:)?//")
    assert not {path: found[0] for path, text in SCRIPTS.items() if (found := called.search(text))}


def test_no_script_writes_markup_or_makes_code() -> None:
    dangerous = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setTimeout\(['\"]"
    )
    assert not {path: found[0] for path, text in SCRIPTS.items() if (found := dangerous.search(text))}


def test_no_script_keeps_anything_in_the_browser_or_hears_other_windows() -> None:
    kept = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.|serviceWorker")
    assert not {path: found[0] for path, text in SCRIPTS.items() if (found := kept.search(text))}
    heard = re.compile(
        r"(?:window|self|globalThis|parent|opener)\.(?:postMessage|onmessage)|addEventListener\(['\"]message"
    )
    assert not {path: found[0] for path, text in SCRIPTS.items() if (found := heard.search(text))}


def test_no_script_merges_objects_of_strangers() -> None:
    risky = re.compile(r"__proto__|\.prototype\b|\bfor\s*\([^)]*\sin\s")
    assert not {path: found[0] for path, text in SCRIPTS.items() if (found := risky.search(text))}


def test_no_secret_is_made_by_a_predictable_generator() -> None:
    assert "random" not in imported()
    assert not [path for path, text in SCRIPTS.items() if "Math.random" in text]
    assert [path for path, _ in calls("secrets.token_urlsafe")]


def test_no_broken_hash_or_cipher_is_used() -> None:
    names = {name.rpartition(".")[2].lower() for name in imported() if name.startswith(("hashlib", "cryptography"))}
    assert names & {"sha256", "aesgcm", "hkdf"}
    assert names <= KNOWN
    assert not list(calls("md5", "sha1", "hashlib.new"))


def test_no_certificate_is_left_unchecked_and_no_redirect_followed() -> None:
    outward = list(calls("AsyncClient", "Client", "StripeClient", "ClientSession", "create_default_context", "urlopen"))
    loose = {"verify", "verify_ssl", "follow_redirects", "allow_redirects", "ssl", "trust_env"}
    assert not [path for path, call in outward if loose & said(call).keys()]
    assert imported().isdisjoint({"ssl", "urllib.request", "requests"})


def test_no_debug_mode_is_switched_on() -> None:
    assert not [
        path
        for path, call in calls("FastAPI", "Starlette", "create_async_engine")
        if {"debug", "echo"} & said(call).keys()
    ]
    assert not list(calls("breakpoint", "pdb.set_trace"))


@pytest.mark.parametrize("name", [".git", ".env", "var", "tests", "bench"])
def test_no_build_takes_along_what_it_does_not_need(name: str) -> None:
    assert name in (ROOT / ".dockerignore").read_text().split()
