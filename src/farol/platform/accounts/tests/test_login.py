"""Log-in, the throttle before the hash, sessions and their limits."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.conf import settings
from django.contrib.auth.hashers import get_hasher
from django.test import Client

from farol.core import clock
from farol.platform.accounts import backend, sessions, throttle
from farol.platform.accounts.models import SignIn, User, Window
from farol.platform.accounts.throttle import PER_ADDRESS, PER_KNOWN_DEVICE, PER_NAME, PER_NAME_AND_ADDRESS
from farol.platform.audit.models import Entry

PASSWORD = "uma senha comprida 9"
WRONG = {"password": "not the password"}


@pytest.fixture
def hashes(monkeypatch):
    """Counts the hashes that log-ins cost."""
    made: list[str] = []

    def counted(self, request, username="", password="", **rest):
        made.append(username)
        return original(self, request, username=username, password=password, **rest)

    original = backend.Backend.authenticate
    monkeypatch.setattr(backend.Backend, "authenticate", counted)
    return made


def test_log_in_and_out(make, enter):
    user = make()
    client, answer = enter("  ANA@example.com ")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/perfil").status_code == 200
    assert client.get("/perfil")["Cache-Control"] == "no-store"
    old = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.post("/sair")["Location"] == "/entrar"
    client.cookies[settings.SESSION_COOKIE_NAME] = old
    assert client.get("/perfil").status_code == 302, "a replayed cookie opened the profile"
    codes = Entry.objects.filter(person_id=user.pk).order_by("id").values_list("code", flat=True)
    assert list(codes) == ["login", "logout"]


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_way_back_stays_inside(make, enter, target):
    make()
    client = Client()
    answer = client.post("/entrar", {"email": "ana@example.com", "password": PASSWORD, "next": target})
    assert answer["Location"] == "/"
    answer = enter("ana@example.com")[0].get(f"/entrar?next={target}")
    assert answer["Location"] == "/"


def test_who_knows_the_password_may_log_in_as_often_as_they_like_and_a_guesser_gains_nothing_by_it(make, enter, hashes):
    make()
    for _new_browser in range(3 * PER_NAME):
        assert enter("ana@example.com")[1].status_code == 302
    hashes.clear()
    tried = [Client().post("/entrar", {"email": "ana@example.com", **WRONG}).status_code for _guess in range(12)]
    assert len(hashes) == PER_NAME_AND_ADDRESS
    assert tried[PER_NAME_AND_ADDRESS:] == [429] * (12 - PER_NAME_AND_ADDRESS)


def test_the_way_back_leads_to_the_page_asked_for(make):
    make()
    client = Client()
    asked = client.get("/perfil/tokens?a=1")
    assert asked["Location"] == "/entrar?next=%2Fperfil%2Ftokens%3Fa%3D1"
    assert client.get(asked["Location"]).context["next"] == "/perfil/tokens?a=1"


def test_a_new_session_id_at_log_in_and_the_old_one_is_worthless(make, enter):
    make()
    client = Client()
    client.get("/entrar")
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    enter("ana@example.com", client=client)
    new = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert new != "a" * 32
    assert len(new) >= 32
    stranger = Client()
    stranger.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    assert stranger.get("/perfil").status_code == 302


def test_same_answer_for_unknown_wrong_and_deactivated(make, enter):
    make()
    gone = make("gone@example.com")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    make("invited@example.com", password=None)
    answers = []
    for number, email in enumerate(
        ["ana@example.com", "nobody@example.com", "gone@example.com", "invited@example.com"]
    ):
        password = "not the password" if email == "ana@example.com" else PASSWORD
        _client, answer = enter(email, password, REMOTE_ADDR=f"10.0.0.{number}")
        page = re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", answer.content.decode().replace(email, "X"))
        answers.append((answer.status_code, page))
    assert len(set(answers)) == 1


def test_unknown_name_costs_one_hash_like_a_known_one(make, monkeypatch):
    make()
    made = []
    original = get_hasher().__class__.encode
    monkeypatch.setattr(get_hasher().__class__, "encode", lambda *a, **k: made.append(1) or original(*a, **k))
    assert backend.Backend().authenticate(None, username="nobody@example.com", password="x") is None
    assert len(made) == 1


def test_guessing_at_a_name_from_one_address_is_stopped_before_the_hash(make, enter, hashes):
    make()
    statuses = [enter("ana@example.com", **WRONG)[1].status_code for _ in range(20)]
    assert len(hashes) == PER_NAME_AND_ADDRESS
    assert statuses == [422] * PER_NAME_AND_ADDRESS + [429] * (20 - PER_NAME_AND_ADDRESS)
    assert Entry.objects.filter(code="login.throttled").count() == 1


def test_without_the_throttle_every_guess_costs_a_hash(make, enter, hashes, monkeypatch):
    """Control: it is the throttle that stops the guessing."""
    make()
    monkeypatch.setattr(throttle, "allow_login", lambda *_: None)
    for _ in range(20):
        enter("ana@example.com", **WRONG)
    assert len(hashes) == 20


def test_guessing_at_a_name_from_many_addresses(make, enter, hashes):
    make()
    for number in range(50):
        enter("ana@example.com", **WRONG, REMOTE_ADDR=f"10.1.0.{number}")
    assert len(hashes) == PER_NAME


def test_one_password_on_many_names_from_one_address(make, enter, hashes):
    for number in range(60):
        enter(f"name{number}@example.com", **WRONG)
    assert len(hashes) == PER_ADDRESS


def test_forwarded_addresses_change_nothing_unless_a_proxy_is_configured(make, enter, hashes, settings):
    make()
    for number in range(20):
        enter("ana@example.com", **WRONG, HTTP_X_FORWARDED_FOR=f"10.2.0.{number}", HTTP_X_REAL_IP=f"10.2.0.{number}")
    assert len(hashes) == PER_NAME_AND_ADDRESS
    settings.FAROL_TRUSTED_PROXIES = 1
    hashes.clear()
    make("bia@example.com")
    for number in range(20):
        enter("bia@example.com", **WRONG, HTTP_X_FORWARDED_FOR=f"10.2.0.{number}, 192.0.2.9")
    assert len(hashes) == PER_NAME_AND_ADDRESS, "the part of the header that the client wrote was believed"


def test_the_owner_gets_in_from_a_known_device_during_an_attack(make, enter, hashes):
    make()
    device, answer = enter("ana@example.com")
    assert answer.status_code == 302
    device.post("/sair")
    for number in range(50):
        enter("ana@example.com", **WRONG, REMOTE_ADDR=f"10.3.0.{number}")
    for number in range(60):
        enter(f"name{number}@example.com", **WRONG)  # the owner's own address is full as well
    assert enter("ana@example.com")[1].status_code == 429
    assert enter("ana@example.com", client=device)[1].status_code == 302
    stolen = [n for n in hashes if n == "ana@example.com"]
    assert len(stolen) <= PER_NAME + PER_KNOWN_DEVICE


def test_a_forged_device_cookie_is_no_known_device(make, enter, hashes):
    make()
    client = Client()
    client.cookies["farol_device"] = "eyJpZCI6ICJ4In0:1abc:forged"
    for _ in range(10):
        enter("ana@example.com", client=client, **WRONG)
    assert len(hashes) == PER_NAME_AND_ADDRESS


def test_places_come_back_after_the_window(make, enter, hashes):
    make()
    start = clock.now()
    with clock.frozen(start):
        for _ in range(8):
            enter("ana@example.com", **WRONG)
    with clock.frozen(start + dt.timedelta(minutes=15, seconds=1)):
        assert enter("ana@example.com")[1].status_code == 302
    assert Window.objects.count()


def test_idle_and_absolute_limits(make, enter):
    make()
    start = clock.now()
    with clock.frozen(start):
        client, _answer = enter("ana@example.com")
    for minutes in (20, 40, 60):
        with clock.frozen(start + dt.timedelta(minutes=minutes)):
            assert client.get("/perfil").status_code == 200
    with clock.frozen(start + dt.timedelta(minutes=91)):
        assert client.get("/perfil").status_code == 302, "idle for 31 minutes"
    with clock.frozen(start):
        client, _answer = enter("ana@example.com")
    SignIn.objects.update(seen_at=start + dt.timedelta(hours=12))
    with clock.frozen(start + dt.timedelta(hours=12, minutes=1)):
        assert client.get("/perfil").status_code == 302, "twelve hours in all"


def test_sessions_are_listed_and_ended(make, enter):
    user, other = make(), make("bia@example.com")
    first, _ = enter("ana@example.com")
    second, _ = enter("ana@example.com", HTTP_USER_AGENT="A telephone")
    enter("bia@example.com")
    assert "A telephone" in first.get("/perfil/sessoes").content.decode()
    foreign = SignIn.objects.get(user=other)
    assert first.post(f"/perfil/sessoes/{foreign.pk}/encerrar").status_code == 404
    assert first.post("/perfil/sessoes/999999/encerrar").status_code == 404
    row = user.sign_ins.get(user_agent="A telephone")
    assert first.post(f"/perfil/sessoes/{row.pk}/encerrar").status_code == 302
    assert second.get("/perfil").status_code == 302
    third, _ = enter("ana@example.com")
    assert first.post("/perfil/sessoes/encerrar").status_code == 302
    assert third.get("/perfil").status_code == 302
    assert first.get("/perfil").status_code == 200
    assert SignIn.objects.filter(user=other).count() == 1


def test_no_more_than_ten_sessions(make):
    user = make()
    clients = [Client() for _ in range(sessions.MOST + 2)]
    for client in clients:
        client.force_login(user)
    assert user.sign_ins.count() == sessions.MOST
    assert clients[0].get("/perfil").status_code == 302
    assert clients[-1].get("/perfil").status_code == 200


def test_cookies_of_an_installation_behind_https(make, enter, settings):
    settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_NAME = True, "__Host-farol_session"
    make()
    client, _ = enter("ana@example.com")
    for name in ("__Host-farol_session", "__Host-farol_device"):
        cookie = client.cookies[name]
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]


def test_typed_wrong_kinds_are_refused_politely(db):
    client = Client(raise_request_exception=False)
    for email in ("", "x" * 5000, "a\x00b", "' OR 1=1 --", "\ud800", "ａ@ｂ"):
        answer = client.post("/entrar", {"email": email.encode("utf-8", "replace").decode(), "password": "x"})
        assert answer.status_code in (422, 429), email
    assert client.post("/entrar", {"email": "a@b.co", "password": "x" * 5000}).status_code == 422
    assert client.post("/entrar", b'{"email": {"$gt": ""}}', content_type="application/json").status_code == 422
