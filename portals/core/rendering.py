"""Pages: one Jinja environment for all portals and languages, and `page`, the only way HTML leaves a portal."""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, pass_context
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from lucide.jinja import lucide
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from domain.refusals import Refusal
from portals.core.csrf import issue, owner
from portals.core.flash import forget_flash, read_flash
from portals.core.formats import FILTERS
from portals.core.i18n import LANGUAGE, ROOM, direction, gettext, ngettext
from portals.core.refusal_view import refusal_view
from portals.core.role_titles import role_title
from portals.core.security_headers import page_headers
from portals.core.site import VISITOR_COOKIE, Visit, visit_of
from portals.core.static import asset
from portals.core.way_back import way_back
from threshold.statuses import STATUS, headers_of

TEMPLATES = Path(__file__).parent.parent / "templates"


@lru_cache(512)
def icon(name: str, size: int = 20, css: str = "icon") -> Markup:
    """A lucide icon as inline SVG, hidden from screen readers. Raises lucide.IconDoesNotExist."""
    drawn = lucide(name, size=size, stroke_width="1.75", aria_hidden="true", focusable="false", **{"class": css})
    return Markup(" ".join(drawn.split()))


def for_the_reader(each: Callable[..., str]) -> Callable[..., str]:
    """Jinja works out `50|duration` once, at compile time, unless the filter depends on the page."""

    @pass_context
    def told(_: Context, *values: Any, **options: Any) -> str:
        return each(*values, **options)

    return told


def worded(message: str, **values: Any) -> Markup:
    """`message` in the reader's language. From a catalogue, so it may hold markup; what is filled in is escaped."""
    if not values:
        return _plain(message, LANGUAGE.get(), ROOM.get())
    return Markup(gettext(message, **{name: escape(value) for name, value in values.items()}))


@lru_cache(16_384)
def _plain(message: str, _language: str, _room: str) -> Markup:
    return Markup(gettext(message))


def counted(singular: str, plural: str, count: int, **values: Any) -> Markup:
    return Markup(ngettext(singular, plural, count, **{name: escape(value) for name, value in values.items()}))


class Component(Template):
    """A component is made once for a page, not once for each part of it that imports it with context."""

    def make_module(
        self, vars: dict[str, Any] | None = None, shared: bool = False, locals: Mapping[str, Any] | None = None
    ) -> TemplateModule:
        made: dict[str | None, TemplateModule] = (vars or {}).get("components", {})
        if self.name not in made:
            made[self.name] = super().make_module(vars, shared, locals)
        return made[self.name]


class Pages(Environment):
    template_class = Component


def environment() -> Environment:
    made = Pages(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(icon=icon, asset=asset, _=worded, ngettext=counted)
    told = {**FILTERS, "role_title": role_title}
    made.filters.update({name: for_the_reader(each) for name, each in told.items()})
    made.policies["json.dumps_function"] = json.dumps
    return made


ENVIRONMENT = environment()


def page(
    request: Request,
    template: str,
    status: int = 200,
    refusal: Refusal | None = None,
    *,
    form: Mapping[str, Any] | None = None,
    form_action: Iterable[str] = (),
    devices: bool = False,
    **context: Any,
) -> HTMLResponse:
    """`template` with `context` as an answer.

    A `refusal` sets the status, fills `refusal` (title, next_action) and `errors` (field -> text); `form` is what
    was typed. `form_action` lists origins a form of this page may lead to; `devices` allows camera and microphone.
    """
    visit = visit_of(request)
    view = refusal_view(refusal) if refusal else None
    nonce = secrets.token_urlsafe(12)
    told = surroundings(request, visit, nonce) | {"refusal": view, "errors": view.errors if view else {}}
    html = rendered(template, told | {"form": form or {}} | context)
    status = STATUS[refusal.kind] if refusal else status
    https = request.url.scheme == "https"
    headers = page_headers(nonce, https, form_action, devices) | (headers_of(refusal) if refusal else {})
    response = HTMLResponse(html, status, headers=headers)
    remember_visitor(request, response, visit)
    forget_flash(request, response)
    return response


def rendered(template: str, context: dict[str, Any]) -> str:
    """Twice when there are errors: the summary names the fields, which stand below it."""
    labels: dict[str, str] = {}
    html = _render(template, context | {"labels": labels})
    return _render(template, context | {"labels": labels}) if labels else html


def _render(template: str, context: dict[str, Any]) -> str:
    return ENVIRONMENT.get_template(template).render(context | {"components": {}})


def surroundings(request: Request, visit: Visit, nonce: str) -> dict[str, Any]:
    """What every template may rely on."""
    return {
        "request": request,
        "way_back": way_back(request),
        "site": visit.site,
        "lang": visit.lang,
        "dir": direction(visit.lang),
        "zone": visit.zone,
        "csrf": issue(owner(visit.session_id, visit.seat_id), visit.form_key),
        "nonce": nonce,
        "nav": visit.nav,
        "account": visit.account,
        "user": visit.user,
        "acting_for": visit.acting_for,
        "permissions": visit.permissions,
        "flash": read_flash(request),
        "theme": None,
    }


def remember_visitor(request: Request, response: HTMLResponse, visit: Visit) -> None:
    """A visitor without a session keeps a cookie, so that his forms can carry a token."""
    if visit.user is None and request.cookies.get(VISITOR_COOKIE) != visit.session_id:
        response.set_cookie(VISITOR_COOKIE, visit.session_id, httponly=True, secure=True, samesite="lax", path="/")
