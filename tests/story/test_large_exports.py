"""A large file is made by a process of its own: the same file, the same audit, as the person who asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys

SCRIPT = """
import json, django
django.setup()
from django.test import Client
from farol.platform.accounts.models import User
from farol.platform.accounts.principal import SYSTEM
from farol.platform.audit.models import Entry
from farol.platform.web.lists import apart
from farol.registry.customers.services import create

for n in range(12):
    create(SYSTEM, {"name": f"Cliente <{n}>", "document": ""})
client = Client(HTTP_ACCEPT_LANGUAGE="pt-br")
client.force_login(User.objects.get(email="it@example.com"))
answers = {}
for name, most in (("here", 1000), ("apart", 5)):
    apart.FROM = most
    response = client.get("/clientes?export=csv&sort=name")
    answers[name] = [response.status_code, response.headers["Content-Disposition"], b"".join(response).decode()]
entries = Entry.objects.filter(code="list.exported").order_by("pk").values("person_id", "params")
print(json.dumps({"answers": answers, "audit": list(entries), "left": len(list(apart._folder().glob("tmp*")))}))
"""


def test_the_file_is_the_one_that_the_page_would_have_made(tmp_path):
    env = {k: v for k, v in os.environ.items() if not k.startswith("FAROL_")}
    env |= {
        "FAROL_HOME": str(tmp_path),
        "FAROL_DATABASE_URL": "sqlite:///",
        "DJANGO_SETTINGS_MODULE": "farol.config.settings",
        "FAROL_PUBLIC_URL": "http://testserver",
    }
    farol = [sys.executable, "-m", "farol.cli"]
    subprocess.run([*farol, "init"], env=env, check=True, capture_output=True)
    person = [*farol, "user", "create", "it@example.com", "--role", "super_admin", "--password-stdin"]
    subprocess.run(person, env=env, check=True, capture_output=True, input="uma senha comprida 7\n", text=True)
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    here, apart = found["answers"]["here"], found["answers"]["apart"]
    assert here == apart
    assert here[0] == 200
    assert here[2].count("Cliente <") == 12
    assert [entry["params"]["rows"] for entry in found["audit"]] == [12, 12]
    assert found["audit"][0] == found["audit"][1]
    assert found["left"] == 0
