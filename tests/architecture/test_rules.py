"""Rules of the house that a reader relies on and that no tool checks by itself."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src/farol"
PRODUCT = [p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts and "tests" not in p.parts]


def relative(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def imported(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def lint_imports(config: Path) -> subprocess.CompletedProcess[str]:
    code = f"from importlinter.cli import lint_imports; raise SystemExit(lint_imports(config_filename={str(config)!r}))"
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


def test_import_rule_holds_with_an_empty_allow_list():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert all("ignore_imports" not in contract for contract in contracts)
    done = lint_imports(ROOT / "pyproject.toml")
    assert done.returncode == 0, done.stdout


def test_import_rule_would_notice(tmp_path):
    """Control: the same rule turned upside down must fail."""
    config = tmp_path / "wrong.toml"
    config.write_text(
        '[tool.importlinter]\nroot_package = "farol"\n[[tool.importlinter.contracts]]\nname = "upside down"\n'
        'type = "layers"\nlayers = ["farol.core", "farol.platform"]\n'
    )
    assert lint_imports(config).returncode != 0


@pytest.mark.parametrize("library", ["pandas", "polars", "numpy", "openpyxl", "matplotlib", "celery"])
def test_left_out_libraries_stay_out(library):
    users = [relative(p) for p in PRODUCT if library in {n.split(".")[0] for n in imported(ast.parse(p.read_text()))}]
    assert users == []


def test_only_the_warehouse_opens_an_analytical_database():
    users = {relative(p) for p in PRODUCT if "duckdb" in imported(ast.parse(p.read_text()))}
    made_up = {"connectors/bigquery/simulator.py"}  # stands for the other side and answers its SQL
    outside = [u for u in users - made_up if not u.startswith(("engines/warehouse/", "connectors/files/"))]
    assert outside == []


def test_time_comes_from_the_one_clock():
    """`datetime.now()`, `date.today()` and `timezone.now()` are asked for in `core.clock` alone."""
    found = []
    for path in PRODUCT:
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr in ("now", "today", "utcnow") and ast.unparse(node.func.value) != "clock":
                found.append(f"{relative(path)}:{node.lineno} {ast.unparse(node.func)}")
    assert [f for f in found if not f.startswith("core/clock.py")] == []


def test_functions_stay_short():
    lengths = []
    for path in PRODUCT:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lengths.append((node.end_lineno - node.lineno + 1, f"{relative(path)}:{node.lineno} {node.name}"))
    long = sorted(x for x in lengths if x[0] > 50)
    assert len(long) <= len(lengths) // 100, long


def test_project_names_no_machine_and_no_package_host():
    """Nothing committed carries a path of a machine or the address of a package index."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    words = ["/" + "work/", "pypi" + ".org", "files.python" + "hosted", "registry.npm" + "js", "/" + "root/"]
    found = []
    for name in listed:
        path = ROOT / name
        if path.suffix in (".png", ".mo", ".pdf") or "vendor" in path.parts or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        found += [f"{name}: {word}" for word in words if word in text]
    assert found == []


def test_requirements_are_hashed_and_name_no_index():
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text, path.name


def test_migrations_are_complete():
    """In a process of its own: models that other tests define for themselves are not the product's."""
    names = {"DJANGO_SETTINGS_MODULE": "farol.config.settings", "FAROL_DATABASE_URL": "sqlite:///:memory:"}
    command = [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"]
    checked = subprocess.run(command, env={**os.environ, **names}, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
