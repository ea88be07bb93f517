"""L1 and L2: guessing at a real server, and what the time of an answer tells."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import Client
from tests.bars.server import PASSWORD, Server, arm

from farol.platform.accounts import throttle
from farol.platform.accounts.hashers import Argon2
from farol.platform.accounts.models import User

pytestmark = pytest.mark.slow


@pytest.fixture
def server(tmp_path):
    with Server(tmp_path / "home") as running:
        running.add("ana@example.com")
        running.add("bia@example.com")
        yield running


def checks(server: Server) -> Counter[str]:
    """Passwords that were really hashed and found wrong, by the person meant: the audit has one entry for each."""
    code = (
        "import django,json;django.setup();from farol.platform.audit.models import Entry;"
        "print(json.dumps(list(Entry.objects.filter(code='login.failed').values_list('target',flat=True))))"
    )
    env = {**server.env, "DJANGO_SETTINGS_MODULE": "farol.config.settings"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    return Counter(json.loads(done.stdout))


def guess(client, email: str, **headers: str) -> int:
    return client.post("/entrar", data={"email": email, "password": "wrong"}, headers=headers).status_code


def test_l1_a_thousand_guesses_in_bursts_of_fifty(server):
    """One name, one address, forged forwarded addresses: at most ten hashes, and the owner's device still gets in."""
    owner = server.browser()
    assert owner.post("/entrar", data={"email": "ana@example.com", "password": PASSWORD}).status_code == 302
    arm(owner, "/perfil")
    assert owner.post("/sair").status_code == 302
    attacker = server.browser()
    with ThreadPoolExecutor(50) as pool:
        forged = ({"X-Forwarded-For": f"10.0.{n // 250}.{n % 250}"} for n in range(1000))
        answers = Counter(pool.map(lambda headers: guess(attacker, "ana@example.com", **headers), forged))
    hashed = checks(server)
    print(f"answers {dict(answers)}, hashes {dict(hashed)}")
    assert set(answers) <= {422, 429}
    assert sum(hashed.values()) == answers[422] <= 10
    assert owner.get("/entrar").status_code == 200
    fresh = server.browser()
    fresh.cookies.update({k: v for k, v in owner.cookies.items() if "device" in k})
    assert fresh.post("/entrar", data={"email": "ana@example.com", "password": PASSWORD}).status_code == 302


def test_l1_one_password_on_a_thousand_names(server):
    attacker = server.browser()
    with ThreadPoolExecutor(50) as pool:
        answers = Counter(pool.map(lambda n: guess(attacker, f"name{n}@example.com"), range(1000)))
    hashed = checks(server)
    print(f"answers {dict(answers)}, hashes {dict(hashed)}")
    assert set(answers) <= {422, 429}
    assert sum(hashed.values()) <= 30


def test_l2_every_log_in_that_fails_does_the_same_work(db, monkeypatch):
    """Known, unknown and deactivated: one hash each and the same answer, so neither time nor text tells who exists."""
    monkeypatch.setattr(throttle, "_take", lambda *_: True)
    User.objects.create_user("known@example.com", PASSWORD)
    gone = User.objects.create_user("gone@example.com", PASSWORD)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    hashes: list[str] = []

    def counted(name):
        original = getattr(Argon2, name)
        return lambda self, *arguments: (hashes.append(name), original(self, *arguments))[1]

    for name in ("encode", "verify"):
        monkeypatch.setattr(Argon2, name, counted(name))
    work, answers = {}, {}
    for email in ("known@example.com", "nobody@example.com", "gone@example.com"):
        hashes.clear()
        answer = Client().post("/entrar", {"email": email, "password": "wrong password"})
        work[email], answers[email] = len(hashes), answer.status_code
    print(work, answers)
    assert len(set(answers.values())) == 1
    assert set(work.values()) == {1}
