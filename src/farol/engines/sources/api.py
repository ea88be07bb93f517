"""`/api/v1/sources`: how the systems that data is fetched from stand; the same fields as `farol sources`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from farol.engines.sources.queries import panels
from farol.platform.accounts.access import requires

router = Router(tags=["sources"])
ROUTERS = [("/sources", router)]


@router.get("", summary="How the sources of data stand")
@requires("sources.view")
def standing(request: HttpRequest) -> dict[str, Any]:
    return {"items": [panel.to_json() for panel in panels()], "next": None}
