"""The bell in the header."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from farol.platform.notifications import reading

register = template.Library()


@register.inclusion_tag("notifications/bell.html", takes_context=True)
def bell(context: Context) -> dict[str, Any]:
    return {"unread": reading.unread(context["principal"].user_id)}
