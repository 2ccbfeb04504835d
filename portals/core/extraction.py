"""Collects the messages of code and templates into the PO files: `python -m portals.core.extraction`.

One catalogue per room, so that rooms do not wait for each other: `messages.po` holds what all portals share (core,
components, domain, use cases, threshold, JSON doors), `<portal>.po` what only that portal says. Known translations
are kept.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, TypeGuard

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent.parent
LOCALE_DIR = ROOT / "portals" / "locale"
SHARED = "messages"
PORTALS = ("patient", "specialist", "organization", "affiliate", "welcome")
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None}
OPTIONS = {"extensions": "jinja2.ext.do", "newstyle_gettext": "true", "silent": "false"}
ENGLISH_ONLY = {ROOT / "domain" / "journeys" / "kinds.py"}  # what a table of the documentation is made of
_SENTENCE = re.compile(r"[A-Z][^\n]* [^\n]*[.?!…]")

Message = str | tuple[str, ...]


def catalogues() -> dict[str, dict[Message, set[str]]]:
    """Catalogue -> message -> the files that say it; a portal does not repeat what is shared."""
    found: dict[str, dict[Message, set[str]]] = {name: {} for name in (SHARED, *PORTALS)}
    for path in sources():
        for message in messages_of(path):
            found[room_of(path)].setdefault(message, set()).add(path.relative_to(ROOT).as_posix())
    for name in PORTALS:
        found[name] = {message: files for message, files in found[name].items() if message not in found[SHARED]}
    return {name: said for name, said in found.items() if said}


def sources() -> Iterator[Path]:
    for room in ("domain", "usecases", "threshold", "api", "portals"):
        yield from sorted(path for path in (ROOT / room).rglob("*.py") if path not in ENGLISH_ONLY)
    yield from sorted((ROOT / "portals" / "templates").rglob("*.html"))


def room_of(path: Path) -> str:
    parts = path.relative_to(ROOT / "portals").parts if path.is_relative_to(ROOT / "portals") else ()
    return next((name for name in PORTALS if name in parts), SHARED)


def messages_of(path: Path) -> list[Message]:
    if path.is_relative_to(ROOT / "portals") or path.is_relative_to(ROOT / "threshold"):
        method = "jinja2.ext:babel_extract" if path.suffix == ".html" else "python"
        drawn = extract_from_file(method, path, keywords=KEYWORDS, options=OPTIONS)
        return [message for _, message, _, _ in drawn if message]
    with path.open("rb") as lines:
        return [message for _, _, message, _ in extract_sentences(lines, (), (), {})]


def extract_sentences(
    source: IO[bytes], keywords: Any, comment_tags: Any, options: dict[str, Any]
) -> Iterator[tuple[int, str, str, list[str]]]:
    """A Babel extractor for rooms that translate nothing themselves: what is a whole sentence is meant for people.

    Takes titles and next actions of refusals, and what a `Sentence` is made of; leaves out docstrings, descriptions and
    other exceptions' words.
    """
    tree = ast.parse(source.read())
    silent = {id(node) for part in ast.walk(tree) for node in _not_for_people(part)}
    patterns = {id(node.args[0]) for node in ast.walk(tree) if _is_call(node, "Sentence")}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if id(node) in patterns or (id(node) not in silent and _SENTENCE.fullmatch(node.value)):
            yield node.lineno, "", node.value, []


def _is_call(node: ast.AST, name: str) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _not_for_people(node: ast.AST) -> Iterator[ast.AST]:
    """Docstrings, `description=…`, parts of f-strings, and what ValueError and its like say."""
    description = isinstance(node, ast.keyword) and node.arg == "description"
    error = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("Error")
    if description or error or isinstance(node, ast.Expr | ast.JoinedStr):
        yield from ast.walk(node)


def read(lang: str, name: str) -> Catalog:
    path = LOCALE_DIR / lang / "LC_MESSAGES" / f"{name}.po"
    if not path.is_file():
        return Catalog(locale=lang, project="Fourdoors", charset="utf-8")
    with path.open("rb") as lines:
        return read_po(lines, locale=lang)


def update(lang: str, name: str, said: dict[Message, set[str]]) -> None:
    """Write `<lang>/<name>.po` with exactly the messages `said`, keeping the translations it had."""
    known = read(lang, name)
    fresh = Catalog(locale=lang, project="Fourdoors", charset="utf-8", fuzzy=False, header_comment="# Fourdoors")
    fresh.creation_date = known.creation_date
    for message in sorted(said, key=str):
        before = known.get(message if isinstance(message, str) else message[0])
        text = before.string if before and not before.fuzzy else None
        fresh.add(message, text, locations=[(file, 0) for file in sorted(said[message])])
    path = LOCALE_DIR / lang / "LC_MESSAGES" / f"{name}.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as lines:
        write_po(lines, fresh, width=120, include_lineno=False)


def missing(lang: str) -> list[tuple[str, Message]]:
    """(catalogue, message) of everything that `lang` cannot say yet, or says with other placeholders."""
    gaps: list[tuple[str, Message]] = []
    for name, said in catalogues().items():
        known = read(lang, name)
        for message in said:
            entry = known.get(message if isinstance(message, str) else message[0])
            if entry is None or entry.fuzzy or not _complete(message, entry.string):
                gaps.append((name, message))
    return gaps


def _complete(message: Message, text: object) -> bool:
    texts = list(text) if isinstance(text, tuple | list) else [str(text or "")]
    wanted = placeholders(message if isinstance(message, str) else message[-1])
    return all(texts) and placeholders(texts[-1]) == wanted


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)\w", text))


if __name__ == "__main__":
    for language in sorted(folder.name for folder in LOCALE_DIR.iterdir() if folder.is_dir()):
        for catalogue, messages in catalogues().items():
            update(language, catalogue, messages)
