"""Template tags and filters available in every template.

Figures and days: `brl compact_brl signed_brl number compact percent signed_percent localdate localinstant ago`.
Parts of a page: `{% icon "name" %}`, `{% field form.email %}`, `{% active_class condition %}`.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

from django import forms, template
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from farol.core import clock, formats

register = template.Library()
ICONS = Path(__file__).resolve().parents[1] / "icons"

for _name in (
    "brl",
    "compact_brl",
    "signed_brl",
    "number",
    "compact",
    "percent",
    "day_long",
    "day_short",
    "weekday",
    "month",
):
    register.filter(_name, getattr(formats, _name))


@register.filter
def signed_percent(value: Any) -> str:
    """`+12,3 %`, `-4,0 %`."""
    return formats.percent(value, sign=True)


@register.filter
def localdate(value: dt.date | dt.datetime | None) -> str:
    """`21/11/2026`; an instant is brought to the business zone first."""
    return formats.date(localtime(value).date() if isinstance(value, dt.datetime) else value)


@register.filter
def localinstant(value: dt.datetime | None) -> str:
    """`21/11/2026 06:00` in the business zone."""
    return formats.NONE if value is None else formats.instant(localtime(value))


@register.filter
def ago(value: dt.datetime | None) -> SafeString | str:
    """`5 min ago`, with the full date on hover; older than a week, the date itself."""
    if value is None:
        return formats.NONE
    full = localinstant(value)
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), full, _distance(value) or full)


def _distance(value: dt.datetime) -> str:
    seconds = (clock.now() - value).total_seconds()
    if abs(seconds) < 60:
        return _("now")
    for size, limit, past, future in _UNITS:
        if abs(seconds) < limit:
            count = int(abs(seconds) // size)
            return past(count) if seconds > 0 else future(count)
    return ""


_UNITS = (
    (60, 3600, lambda n: _("%(n)s min ago") % {"n": n}, lambda n: _("in %(n)s min") % {"n": n}),
    (3600, 86400, lambda n: _("%(n)s h ago") % {"n": n}, lambda n: _("in %(n)s h") % {"n": n}),
    (
        86400,
        7 * 86400,
        lambda n: ngettext("%(n)s day ago", "%(n)s days ago", n) % {"n": n},
        lambda n: ngettext("in %(n)s day", "in %(n)s days", n) % {"n": n},
    ),
)


@cache
def icon(name: str, css: str = "") -> SafeString:
    """An inline picture; decoration only, so the control around it needs a text or an `aria-label`."""
    return format_html('<span class="i {}" aria-hidden="true">{}</span>', css, _picture(name))


@register.tag("icon")
def _icon_tag(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """`{% icon "name" "css" %}`. A page has a hundred of them: one named in the template is drawn when that is read."""
    parts = [parser.compile_filter(part) for part in token.split_contents()[1:]]
    if any(part.is_var or part.filters for part in parts):
        return _Icon(parts)
    return template.base.TextNode(icon(*(part.var for part in parts)))


class _Icon(template.Node):
    def __init__(self, parts: list[template.base.FilterExpression]) -> None:
        self.parts = parts

    def render(self, context: template.Context) -> SafeString:
        return icon(*(str(part.resolve(context)) for part in self.parts))


@register.simple_tag
def pill(label: Any, tone: str = "", name: str = "") -> SafeString:
    """A state in words, with a picture or a dot. `tone`: neutral, info, success, warning or danger, never alone."""
    mark = icon(name) if name else _DOT
    return format_html('<span class="pill tone-{}">{}{}</span>', tone or "neutral", mark, label)


_DOT = mark_safe('<span class="pill-dot" aria-hidden="true"></span>')


@cache
def _picture(name: str) -> SafeString:
    """KeyError for an unknown name: add it to `tools/icons.txt` and run `tools/vendor.py`."""
    path = ICONS / f"{name}.svg"
    if not name.replace("-", "").isalnum() or not path.is_file():
        raise KeyError(f"no icon {name!r}")
    text = " ".join(path.read_text().split())
    return mark_safe(text[: text.index(" class=")] + text[text.index(">", text.index(" class=")) :])  # noqa: S308 (our file)


WIDGET_CLASSES = {
    forms.CheckboxInput: "form-check-input",
    forms.CheckboxSelectMultiple: "form-check-input",
    forms.RadioSelect: "form-check-input",
    forms.Select: "form-select",
}


@register.inclusion_tag("web/components/field.html")
def field(bound: forms.BoundField, autofocus: bool = False) -> dict[str, Any]:
    """One field of a form: label above, control, error beside it, help below."""
    widget = bound.field.widget
    choices = isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    css = next((c for kind, c in WIDGET_CLASSES.items() if isinstance(widget, kind)), "form-control")
    attrs = {"class": f"{widget.attrs.get('class', '')} {css}{' is-invalid' if bound.errors else ''}".strip()}
    if autofocus:
        attrs["autofocus"] = "autofocus"
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attrs),
        "checkbox": isinstance(widget, forms.CheckboxInput),
        "choices": choices,
    }


@register.simple_tag(takes_context=True)
def show_block(context: template.Context, name: str) -> SafeString:
    """What a block of this page holds, once more: the heading repeats the title."""
    return context.render_context[BLOCK_CONTEXT_KEY].get_block(name).render(context)
