"""Reading YAML that somebody wrote by hand, or somebody else on purpose: nothing unfolds, nothing is built but data."""

from typing import Any

import yaml

from domain.refusals import DocumentInvalid, Sentence

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
            twice = Sentence("the key '%(key)s' is there twice", key=double)
            raise yaml.constructor.ConstructorError(None, None, twice, node.start_mark)
        return super().construct_mapping(node, deep)


def read_yaml(document: str) -> Any:
    """Raises `DocumentInvalid` with the place of the mistake, for aliases, and for what is long or deep."""
    if len(document) > LONGEST:
        raise DocumentInvalid([Sentence("The document has more than %(most)s characters. Split it.", most=LONGEST)])
    try:
        _check_shape(document)
        return yaml.load(document, Loader)
    except yaml.MarkedYAMLError as error:
        raise DocumentInvalid([_unreadable(error.problem or "", error.problem_mark)]) from None
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        raise DocumentInvalid([_unreadable(str(error), None)]) from None


def _unreadable(why: str, mark: yaml.Mark | None) -> Sentence:
    if mark is None:
        return Sentence("The document cannot be read as YAML or JSON (%(why)s). Mend it.", why=why)
    return Sentence(
        "Line %(line)s, column %(column)s: this cannot be read as YAML or JSON (%(why)s). Mend it there.",
        line=mark.line + 1,
        column=mark.column + 1,
        why=why,
    )


def _check_shape(document: str) -> None:
    """Before anything is built; a few lines of aliases can unfold into gigabytes."""
    depth = 0
    for token in yaml.scan(document, Loader):
        if isinstance(token, yaml.AliasToken):
            raise DocumentInvalid(["The document repeats a part by an alias ('*'). Write the part out."])
        if isinstance(token, yaml.ScalarToken) and "\0" in token.value:
            raise DocumentInvalid([_unreadable("a NUL is no text", token.start_mark)])
        depth += isinstance(token, OPENING) - isinstance(token, CLOSING)
        if depth > DEEPEST:
            raise DocumentInvalid(
                [Sentence("The document is nested more than %(most)s deep. Flatten it.", most=DEEPEST)]
            )
