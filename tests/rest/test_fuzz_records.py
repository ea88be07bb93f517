"""F1 over the records: bodies that keep to the document of the interface, and bodies that break it, on records that
exist. No answer is an error of ours, and none has a status that the document does not name."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, given, seed, settings
from tests.rest.world import World

from farol.engines.workflow.module import Module, get_module, modules

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES = 25


def body_of(case: schemathesis.Case) -> bytes:
    if isinstance(case.body, schemathesis.core.NotSet):
        return b""
    return case.body if isinstance(case.body, bytes) else json.dumps(case.body).encode()


def aimed(case: schemathesis.Case, module: Module, number: str, customer: str) -> str:
    """The path and query of a case, aimed at a record that is there."""
    odd = len(repr(case.body)) % 2
    if "number" in case.path_parameters:
        case.path_parameters["number"] = number
    if "action" in case.path_parameters:
        actions = list(module.flow.actions)
        case.path_parameters["action"] = actions[len(repr(case.body)) % len(actions)]
    if isinstance(case.body, dict) and "customer" in case.body and odd:
        case.body["customer"] = customer
    query = urlencode({k: v for k, v in (case.query or {}).items() if isinstance(v, (str, int))}, errors="replace")
    return f"{case.formatted_path.removeprefix('/api/v1')}?{query}"


def explore(world: World, module: Module, operation: Any, mode: Any, number: str, customer: str) -> None:
    named = operation.definition.raw["responses"]

    @seed(7)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def proves(case: schemathesis.Case) -> None:
        path = aimed(case, module, number, customer)
        with transaction.atomic():
            answer = world.author.raw(case.method, path, body_of(case))
            transaction.set_rollback(True)
        said = f"{case.method} {path} {case.body!r}: {answer.status_code} {answer.content[:300]!r}"
        assert answer.status_code < 500, said
        assert answer.status_code == 405 or str(answer.status_code) in named, said

    proves()


@pytest.mark.parametrize("name", list(modules()))
def test_f1_every_operation_of_a_module(name):
    world, module = World(), get_module(name)
    number, customer = world.make(name, module.flow.initial)["number"], world.customer()["number"]
    document = world.author.get("/openapi.json")[1]
    paths = {path: one for path, one in document["paths"].items() if path.split("/")[3] == name}
    for found in schemathesis.openapi.from_dict({**document, "paths": paths}).get_all_operations():
        for mode in schemathesis.GenerationMode:
            explore(world, module, found.ok(), mode, number, customer)
