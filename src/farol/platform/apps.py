"""How rooms offer things to the whole without anything importing them: a conventional module with a declared list.

| module of a room | list | what is in it |
|---|---|---|
| `urls` | `urlpatterns` | addresses, each room under a prefix of its own |
| `menu` | `ITEMS` | entries of the left rail (`farol.platform.web.menu.MenuItem`) |
| `commands` | `COMMANDS` | click commands of `farol …` |
| `api` | `ROUTERS` | `(prefix, ninja.Router)` under `/api/v1` |
| `simulators` | `SIMULATORS` | click commands of `farol simulate …` |
| `children` | `CHILDREN` | `() -> (name, arguments of farol) or None`: what `farol up` starts besides |
| `jobs` | `JOBS` | scheduled jobs (`farol.platform.jobs.Job`) |
| `deliveries` | `CHANNELS` | outbox channels (`farol.platform.outbox.Channel`) |
| `events` | `EVENTS` | what the audit can say (`farol.platform.audit.Event`) |
| `stream` | `TOPICS` | what pages can listen to (`farol.platform.stream.Topic`) |
| `doctor` | `CHECKS` | checks of `farol doctor` and `/readyz` (`farol.platform.operation.checks.Check`) |
| `gauges` | `GAUGES` | figures of `/metrics` (`farol.platform.operation.metrics.Gauge`) |
| `backup` | `PARTS` | what a backup holds besides the database (`farol.platform.operation.backup.Part`) |
| `marts` | `DATASETS` | warehouse datasets |
| `metrics` | `MODELS` | semantic models |
| `dashboard` | `BOARDS` | dashboards |
| `alerts` | `RULES` | alert rules |
| `report` | `REPORTS` | report definitions |
| `load` | `LOADERS` | what can be loaded from a file |
| `sources` | `SOURCES` | systems that data is fetched from (`farol.engines.sources`) |
| `forecast` | `FORECASTERS` | what `farol forecast …` can ask of a room (`farol.engines.forecast`) |
| `kommo_hooks` | `HOOKS` | what an answer of Kommo to something written does to the record that asked |
| `importers` | `IMPORTERS` | records that can come from a file (`farol.platform.imports.Importer`) |
| `modules` | `MODULES` | kinds of record (`farol.engines.workflow.module.Module`) |
| `effects` | `EFFECTS` | effects on the transitions of other rooms (`farol.engines.workflow.effects.After`) |
| `sections` | `SECTIONS` | parts of the detail pages of other rooms |
| `spawns` | `SPAWNS` | records that may be opened out of others |
| `references` | `REFERENCES` | `(text reference) -> (label, address) or None`: where a record stands |
| `notices` | `NOTICES` | what people can be told (`farol.platform.notifications.Notice`) |
| `personal` | `HOLDINGS` | what a room keeps about a person (`farol.registry.customers.privacy.Holding`) |
| `start` | `STEPS` | functions that run before a server or the worker starts; they may run again |
| `demo` | `BUILDERS` | what the demo world grows by |
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.utils.module_loading import module_has_submodule


@cache
def collect(module: str, name: str) -> tuple[Any, ...]:
    """The concatenated lists called `name` in the modules called `module` of every room, in settings order."""
    found: list[Any] = []
    for config in apps.get_app_configs():
        if config.name.startswith("farol.") and module_has_submodule(config.module, module):
            found += getattr(import_module(f"{config.name}.{module}"), name, ())
    return tuple(found)
