"""How templates are put together."""

import jinja2
import pytest
from markupsafe import escape

from portals.core.i18n import LANGUAGE
from portals.core.rendering import ENVIRONMENT

IMPORT = '{% import "components/forms.html" as {} with context %}'


def two_imports() -> jinja2.Template:
    imports = "".join(IMPORT.replace("{}", name) for name in ("one", "other"))
    return ENVIRONMENT.from_string(imports + '{{ one is sameas other }}{{ one.hidden("n", "v") }}')


def test_a_page_makes_a_component_once() -> None:
    assert two_imports().render(components={}).startswith("True<input")
    assert two_imports().render().startswith("False<input")


def test_the_next_page_has_components_of_its_own() -> None:
    post = ENVIRONMENT.from_string(IMPORT.replace("{}", "forms") + '{% call forms.post("/") %}{% endcall %}')
    assert 'value="first"' in post.render(components={}, csrf="first")
    assert 'value="second"' in post.render(components={}, csrf="second")


def test_words_follow_the_reader_and_stay_markup() -> None:
    says = ENVIRONMENT.from_string('{{ _("Sign out") }}')
    assert says.render() == "Sign out"
    token = LANGUAGE.set("de")
    try:
        assert says.render() == "Abmelden"
    finally:
        LANGUAGE.reset(token)


@pytest.mark.parametrize("text", ["<b>", "&"])
def test_what_is_filled_in_is_escaped(text: str) -> None:
    assert ENVIRONMENT.from_string('{{ _("You act for %(name)s.", name=text) }}').render(text=text) == (
        f"You act for {escape(text)}."
    )
