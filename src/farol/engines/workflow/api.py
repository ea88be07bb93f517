"""`/api/v1/<module>` for every kind of record."""

from __future__ import annotations

from farol.engines.workflow.module import modules
from farol.engines.workflow.rest.resource import router_of

ROUTERS = [(f"/{module.name}", router_of(module)) for module in modules().values()]
