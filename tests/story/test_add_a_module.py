"""The written path to a new module works: docs/add-a-module.md is followed to the letter, in a copy of the product."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs/add-a-module.md"
INSTALLED = '    "farol.areas.aftersales.vouchers",\n'
USE = """
import datetime, json
import django
django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS.append("testserver")
from django.test import Client
from farol.platform.accounts import tokens
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import OPERATOR

def person(email, role):
    user = User.objects.create_user(email, "uma senha comprida 1", name=email)
    user.roles.add(Role.objects.get(slug=role))
    return user

lender, admin = person("a@farol.example", "cs_analyst"), person("b@farol.example", "cs_admin")
screen = Client()
screen.force_login(lender)
found = {"list": screen.get("/emprestimos").status_code, "new": screen.get("/emprestimos/novo").status_code}
form = {"borrower": "Ana & Filhos", "sku": "ab-1", "due_back": "30/11/2026"}
made = screen.post("/emprestimos/novo", form)
found["made"] = made.status_code
page = screen.get(made["Location"])
found["page"] = [page.status_code, "Ana &amp; Filhos" in page.content.decode(), "AB-1" in page.content.decode()]
found["board"] = screen.get("/emprestimos/quadro").status_code
found["import"] = screen.get("/emprestimos/importar").status_code
found["print"] = screen.get(made["Location"] + "/imprimir").status_code
found["bad"] = screen.post("/emprestimos/novo", form | {"due_back": "ontem"}).status_code
screen = Client()
screen.force_login(admin)
found["import by administrator"] = screen.get("/emprestimos/importar").status_code

def rest(user):
    token = tokens.create(OPERATOR, user, "t")[0]
    def call(method, path, body=None, key=""):
        headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"} | ({"HTTP_IDEMPOTENCY_KEY": key} if key else {})
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        answer = getattr(Client(), method)("/api/v1/loans" + path, **sent, **headers)
        return answer.status_code, answer.json()
    return call

mine, theirs = rest(lender), rest(admin)
status, loan = theirs("post", "", {"borrower": "Rui", "sku": "z9", "due_back": "2026-12-01"}, "one")
again = theirs("post", "", {"borrower": "Rui", "sku": "z9", "due_back": "2026-12-01"}, "one")
found["created"] = [status, loan["status"], loan["borrower"], loan["deadline"], again == (status, loan)]
meddled = {"borrower": "Rui", "sku": "z9", "due_back": "2026-12-01", "status": "lost"}
found["unknown field"] = theirs("post", "", meddled)[0]
found["own"] = theirs("post", f"/{loan['number']}/actions/write_off", {"reason": "gone"})[0]
found["no right"] = mine("post", f"/{loan['number']}/actions/write_off", {"reason": "gone"})[0]
found["taken back"] = mine("post", f"/{loan['number']}/actions/take_back", {})[1].get("status")
found["twice"] = mine("post", f"/{loan['number']}/actions/take_back", {})[0]
found["listed"] = len(mine("get", "")[1]["items"])
print(json.dumps(found))
"""


def follow_the_guide(root: Path) -> Path:
    """A copy of the product with the guide's folder and its one line of settings."""
    source = root / "src"
    shutil.copytree(ROOT / "src/farol", source / "farol", ignore=shutil.ignore_patterns("tests", "__pycache__"))
    room = source / "farol/areas/aftersales/loans"
    room.mkdir()
    for name, text in re.findall(r"```python file=(\S+)\n(.*?)```", GUIDE.read_text(), flags=re.S):
        (room / name).write_text(text)
    settings = source / "farol/config/settings.py"
    before = settings.read_text()
    settings.write_text(before.replace(INSTALLED, INSTALLED + '    "farol.areas.aftersales.loans",\n'))
    assert settings.read_text() != before
    return source


@pytest.mark.slow
def test_the_module_of_the_guide_is_built_and_works(tmp_path):
    source = follow_the_guide(tmp_path)
    env = {name: value for name, value in os.environ.items() if not name.startswith("FAROL_")} | {
        "PYTHONPATH": str(source),
        "DJANGO_SETTINGS_MODULE": "farol.config.settings",
        "FAROL_HOME": str(tmp_path / "home"),
        "FAROL_LOG_LEVEL": "ERROR",
    }

    def python(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    (tmp_path / "home").mkdir()
    python("-m", "django", "makemigrations", "loans")
    python("-m", "farol.cli", "init")
    assert "write_off" in python("-m", "farol.cli", "flows")
    assert json.loads(python("-c", USE).strip().splitlines()[-1]) == {
        "list": 200,
        "new": 200,
        "made": 302,
        "page": [200, True, True],
        "board": 200,
        "import": 403,
        "import by administrator": 200,
        "print": 200,
        "bad": 422,
        "created": [201, "lent", "Rui", "2026-12-01", True],
        "unknown field": 422,
        "own": 409,
        "no right": 403,
        "taken back": "returned",
        "twice": 409,
        "listed": 2,
    }
