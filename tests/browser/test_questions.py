"""Pages of the demo world ask the database a bounded number of questions, whatever belongs to a record."""

from __future__ import annotations

import json
import subprocess
import sys

MOST = 17
SCRIPT = """
import json, logging, django
django.setup()
logging.disable(logging.CRITICAL)
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from farol.engines.workflow.module import modules
from farol.platform.accounts.models import User

settings.ALLOWED_HOSTS = ["*"]
client = Client()
client.force_login(User.objects.filter(roles__slug="super_admin").first())
found = {}
for module in modules().values():
    records = list(module.model.objects.order_by("pk")[:15])
    addresses = [module.url(record) for record in records]
    if addresses:
        addresses.append(addresses[0].rsplit("/", 1)[0])
        client.get(addresses[0])  # the sign-in is noted once a minute
    for address in addresses:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200, address
        found[address] = len(asked)
print(json.dumps(found))
"""


def test_no_page_of_a_record_asks_more_than_it_may(world):
    env = {**world.env, "DJANGO_SETTINGS_MODULE": "farol.config.settings"}
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert len(found) > 60
    assert {address: count for address, count in found.items() if count > MOST} == {}
