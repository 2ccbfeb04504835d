"""Reading YAML that somebody wrote by hand, or somebody else on purpose: nothing unfolds, nothing is built but data."""

from typing import Any

import yaml

from domain.refusals import DocumentInvalid

LONGEST = 1_000_000
DEEPEST = 60
OPENING = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


class Loader(yaml.CSafeLoader):
    """Data only, and every key of a mapping once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(keys) != len(set(keys)):
            double = next(key for place, key in enumerate(keys) if key in keys[:place])
            raise yaml.constructor.ConstructorError(None, None, f"the key {double!r} is there twice", node.start_mark)
        return super().construct_mapping(node, deep)


def read_yaml(document: str) -> Any:
    """Raises `DocumentInvalid` with the place of the mistake, for aliases, and for what is long or deep."""
    if len(document) > LONGEST:
        raise DocumentInvalid([f"The document has more than {LONGEST} characters. Split it."])
    try:
        _check_shape(document)
        return yaml.load(document, Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"Line {mark.line + 1}, column {mark.column + 1}" if mark else "The document"
        raise DocumentInvalid([f"{where}: {error.problem}. Mend the YAML or JSON there."]) from None
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        raise DocumentInvalid([f"The document cannot be read: {str(error)[:200]}."]) from None


def _check_shape(document: str) -> None:
    """Before anything is built; a few lines of aliases can unfold into gigabytes."""
    depth = 0
    for token in yaml.scan(document, Loader):
        if isinstance(token, yaml.AliasToken):
            raise DocumentInvalid(["The document repeats a part by an alias ('*'). Write the part out."])
        depth += isinstance(token, OPENING) - isinstance(token, CLOSING)
        if depth > DEEPEST:
            raise DocumentInvalid([f"The document is nested more than {DEEPEST} deep. Flatten it."])
