"""Nothing but the engine changes a status: scanned in every room that has records on a flow."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps

from farol.engines.workflow.models import Record

GUARDED = {"status", "version"}
WRITERS = {"update", "create", "update_or_create", "get_or_create", "bulk_create", "filter_update"}


def writes(tree: ast.AST) -> list[str]:
    """Assignments to a guarded attribute, and calls that would write a guarded column."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found += [ast.unparse(node) for t in targets if isinstance(t, ast.Attribute) and t.attr in GUARDED]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITERS:
            found += [ast.unparse(node) for k in node.keywords if k.arg in GUARDED]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "setattr":
            found += [ast.unparse(node) for a in node.args if isinstance(a, ast.Constant) and a.value in GUARDED]
    return found


def rooms() -> set[Path]:
    return {
        Path(config.path)
        for config in apps.get_app_configs()
        if any(issubclass(m, Record) for m in config.get_models())
    }


def test_rooms_with_records_leave_their_status_alone():
    assert rooms()
    found = {
        str(path): lines
        for room in rooms()
        for path in room.rglob("*.py")
        if not {"tests", "migrations"} & set(path.parts) and (lines := writes(ast.parse(path.read_text())))
    }
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "case.status = 'closed'",
        "case.version += 1",
        "Case.objects.filter(pk=1).update(status='closed')",
        "Case.objects.create(status='closed')",
        "setattr(case, 'status', 'closed')",
    ],
)
def test_the_scan_would_notice(text):
    assert writes(ast.parse(text))
