"""What the shell of every page needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from farol.platform.web.menu import menu_for


def shell(request: HttpRequest) -> dict[str, Any]:
    """`menu` is worked out only by templates that show it: partial answers of htmx never do."""
    principal = getattr(request, "principal", None)
    user = principal.user if principal else None
    return {
        "principal": principal,
        "theme": user.theme if user else "",
        "language": get_language() or settings.LANGUAGE_CODE,
        "languages": settings.LANGUAGES,
        "menu": SimpleLazyObject(lambda: menu_for(request, principal)) if principal else None,
    }
