"""A pack's folder: which files are in it, and what each of them holds. Nothing lies there unread."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.packs.names import Place
from domain.refusals import DocumentInvalid
from usecases.yaml_documents import LONGEST, read_yaml

SUFFIXES = (".yaml", ".yml", ".json")
SHARED = ("care", "specialists")
PARTS = ("journeys", "forms")


@dataclass(frozen=True)
class Folder:
    """`document` is what `Pack` is read from; `organizations` and `journeys` are the files' names, in its order."""

    document: Mapping[str, Any]
    organizations: tuple[str, ...]
    journeys: tuple[str, ...]

    def said(self, place: Place, sentence: str) -> str:
        """ "northlight.yaml, brands.0.host: …"."""
        match place:
            case ("organizations", int(number), *within):
                file = self.organizations[number]
            case ("journeys", int(number), *within):
                file = self.journeys[number]
            case ("forms", str(key), str(locale), *within):
                file = f"forms/{key}.{locale}"
            case ("forms", str(key)):
                file, within = f"forms/{key}", []
            case ("care" | "specialists" as file, *within):
                file = f"{file}.yaml"
            case _:
                file, within = "", list(place)
        where = ".".join(str(each) for each in within if each != "[key]")
        return f"{', '.join(filter(None, (file, where)))}: {sentence.rstrip('.')}."


def read_folder(folder: Path) -> Folder:
    """Raises `DocumentInvalid` with every file that cannot be read, or that nothing would read."""
    if not (folder / "care.yaml").is_file():
        raise DocumentInvalid([f"{folder}: this is no pack, there is no care.yaml in it. Name a pack's folder."])
    if unread := list(_unread(folder)):
        raise DocumentInvalid(unread)
    errors: list[str] = []
    organizations = [path for path in _documents(folder) if path.stem not in SHARED]
    journeys, forms = (_documents(folder / part) for part in PARTS)
    document = {
        "organizations": [_read(path, folder, errors) for path in organizations],
        "care": _read(folder / "care.yaml", folder, errors),
        "specialists": _read(folder / "specialists.yaml", folder, errors),
        "journeys": [_read(path, folder, errors) for path in journeys],
        "forms": _by_language(forms, folder, errors),
    }
    if errors:
        raise DocumentInvalid(errors)
    return Folder(document, *(tuple(_name(path, folder) for path in paths) for paths in (organizations, journeys)))


def _documents(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.suffix in SUFFIXES)


def _unread(folder: Path) -> Iterator[str]:
    for path in sorted(each for each in folder.iterdir() if each.is_dir() and not each.name.startswith(".")):
        if path.name not in PARTS and path.suffix not in SUFFIXES:
            yield f"{path.name}: nothing reads this folder. A pack has 'journeys' and 'forms'."
    for path in _documents(folder):
        if path.stem in SHARED and path.suffix != ".yaml":
            yield f"{path.name}: nothing reads it under this name. Call it {path.stem}.yaml."
    for path in _documents(folder / "forms"):
        if len(path.name.split(".")) != 3:
            yield f"forms/{path.name}: its name says no language. Call it as phq-9.en.yaml is called."


def _by_language(paths: list[Path], folder: Path, errors: list[str]) -> dict[str, dict[str, Any]]:
    forms: dict[str, dict[str, Any]] = {}
    for path in paths:
        key, locale, _ = path.name.split(".")
        if locale in forms.setdefault(key, {}):
            errors.append(f"{_name(path, folder)}: the form is there twice in this language. Take one file out.")
        forms[key][locale] = _read(path, folder, errors)
    return forms


def _read(path: Path, folder: Path, errors: list[str]) -> Any:
    name = _name(path, folder)
    try:
        if path.stat().st_size > LONGEST:
            errors.append(f"{name}: the file is larger than {LONGEST} bytes. Split it.")
        else:
            return read_yaml(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        errors.append(f"{name}: there is no such file. Write it; an empty list is written [].")
    except OSError as error:
        errors.append(f"{name}: it cannot be read ({error.strerror}). Put a file there that can be.")
    except UnicodeDecodeError:
        errors.append(f"{name}: this is no text in UTF-8. Save it anew in UTF-8.")
    except DocumentInvalid as invalid:
        errors += [f"{name}: {error}" for error in invalid.errors]
    return None


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
