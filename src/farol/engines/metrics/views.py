"""The page of a receipt."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from farol.core.errors import NotFound
from farol.engines.metrics import receipt_page
from farol.engines.metrics.reopen import open_receipt
from farol.platform.accounts.access import signed_in
from farol.platform.accounts.principal import asker_of


@signed_in  # the permission of the receipt's model is asked for when it is opened
@require_safe
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    page = request.GET.get("page", "1")
    if not page.isascii() or not page.isdigit() or not 1 <= int(page) <= 1_000_000:
        raise NotFound(_("This page does not exist."))
    principal = asker_of(request)
    opened = open_receipt(code, principal)
    return render(request, "metrics/receipt.html", receipt_page.context(opened, principal, int(page)))
