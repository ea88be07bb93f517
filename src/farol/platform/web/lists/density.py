"""Rows with more air or with less: chosen by a link, kept in a cookie."""

from __future__ import annotations

from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

COOKIE = "farol_density"
CHOICES = ("comfortable", "compact")
YEAR = 365 * 86400
Answer = TypeVar("Answer", bound=HttpResponseBase)


def density(request: HttpRequest) -> str:
    asked = request.GET.get("density") or request.COOKIES.get(COOKIE, "")
    return asked if asked in CHOICES else CHOICES[0]


def remember_density(request: HttpRequest, response: Answer) -> Answer:
    if request.GET.get("density") in CHOICES:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(COOKIE, density(request), YEAR, samesite="Lax", httponly=True, secure=secure)
    return response
