"""`{{ case|alert_words }}`: what was seen and expected, in a sentence."""

from __future__ import annotations

from django import template

from farol.engines.alerts.models import AlertCase
from farol.engines.alerts.words import sentence

register = template.Library()


@register.filter
def alert_words(case: AlertCase) -> str:
    return sentence(case)
