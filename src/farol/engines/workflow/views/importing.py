"""Records from a file."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from farol.engines.workflow.module import Module
from farol.platform.imports.declared import find_importer
from farol.platform.imports.pages import import_page


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, module: Module) -> HttpResponseBase:
    return import_page(request, find_importer(module.name), back_url=reverse(f"{module.name}:list"))
