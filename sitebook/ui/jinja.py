"""The Jinja2 environment of every page: components, words and formats as globals, nothing to import in a template."""

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import jinja2
from django.apps import apps
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django_htmx.jinja import htmx_script
from markupsafe import Markup

from sitebook.ui import figures, formats
from sitebook.ui.current import csrf_field


class Components:
    """``c.badge(...)``: the macro ``badge`` of ``ui/components/badge.html``, found on first use."""

    def __init__(self, environment: jinja2.Environment) -> None:
        self._environment = environment

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            template = self._environment.get_template(f"ui/components/{name}.html")
        except jinja2.TemplateNotFound as missing:
            raise AttributeError(f"There is no component {name}.") from missing
        return getattr(template.module, name)


def attributes(values: dict[str, Any]) -> Markup:
    """HTML attributes from a macro's keyword arguments: ``hx_get`` becomes ``hx-get``;
    True stands alone, False and None are left out."""
    alone, pair = Markup(" {}"), Markup(' {}="{}"')
    shown = [(name.strip("_").replace("_", "-"), value) for name, value in values.items()]
    each = [
        (alone if value is True else pair).format(name, value) for name, value in shown if value or value in (0, "")
    ]
    return Markup("").join(each)


def url(name: str, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)


def environment(**options: Any) -> jinja2.Environment:
    """Made by Django's Jinja2 backend. Reads only Sitebook's own templates, so that a package's
    Django templates of the same name are never taken for Jinja2."""
    options |= {
        "loader": jinja2.FileSystemLoader(_own_template_folders()),
        "undefined": jinja2.StrictUndefined,
        "extensions": ["jinja2.ext.i18n"],
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    options.pop("autoescape", None)
    made = jinja2.Environment(autoescape=True, **options)
    made.install_gettext_callables(_translated, ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(
        c=Components(made), url=url, static=cache(static), csrf_field=csrf_field, htmx_script=htmx_script
    )
    made.filters.update(date=formats.date_, time=formats.time_, datetime=formats.datetime_, day=formats.heading)
    made.filters.update(number=formats.number, phone=formats.phone, country=formats.country)
    made.filters.update(attrs=attributes, slices=figures.slices, share=figures.share)
    return made


def _translated(message: str) -> str:
    return _said(message, get_language())


@lru_cache(maxsize=5_000)
def _said(message: str, _language: str | None) -> str:
    """A page says more than a hundred words, and each goes through several catalogues."""
    return gettext(message)


def _own_template_folders() -> list[Path]:
    own = [Path(config.path) / "templates" for config in apps.get_app_configs() if config.name.startswith("sitebook.")]
    return [folder for folder in own if folder.is_dir()]
