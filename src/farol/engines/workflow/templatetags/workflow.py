"""`{% deadline record as due %}`: how near it is, as a status."""

from __future__ import annotations

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from farol.engines.workflow import deadlines
from farol.engines.workflow.detail import Part
from farol.engines.workflow.models import Case
from farol.platform.web.lists import Status

register = template.Library()


@register.simple_tag
def deadline(record: Case) -> Status | None:
    return deadlines.status(record)


@register.simple_tag(takes_context=True)
def part_body(context: template.Context, part: Part) -> SafeString:
    """A section with its own context, and the page's request for tokens and rights."""
    return render_to_string(part.template, part.context, context["request"])
