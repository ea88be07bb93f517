"""`farol user` and `farol token`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from farol.cli.root import build
from farol.platform.accounts import links
from farol.platform.accounts.models import User


@pytest.fixture
def farol(db):
    def run(*arguments: str, text: str | None = None, code: int = 0):
        done = CliRunner().invoke(build(), arguments, input=text)
        assert done.exit_code == code, done.output
        return done.stdout

    return run


def test_a_person_with_a_password_from_standard_input(farol):
    out = farol("user", "create", "Ana@Example.com", "--role", "manager", "--role", "viewer", "--name", "Ana",
                "--password-stdin", text="uma senha comprida 9\n")  # fmt: skip
    assert out == ""
    user = User.objects.get(email="ana@example.com")
    assert user.check_password("uma senha comprida 9")
    assert json.loads(farol("user", "list", "--json")) == [
        {"email": "ana@example.com", "name": "Ana", "active": True, "roles": ["manager", "viewer"]}
    ]


def test_without_a_password_a_link_is_printed(farol):
    link = farol("user", "create", "ana@example.com", "--role", "manager").strip()
    assert links.read(link.rpartition("/")[2]).email == "ana@example.com"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("user", "create", "not-an-address", "--role", "manager"), None),
        (("user", "create", "a@example.com", "--role", "nothing"), None),
        (("user", "create", "a@example.com"), None),
        (("user", "create", "a@example.com", "--role", "manager", "--password-stdin"), "short\n"),
        (("user", "deactivate", "nobody@example.com"), None),
        (("token", "create", "nobody@example.com"), None),
        (("user", "list", "--as", "nobody@example.com"), None),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_use_is_exit_2(farol, arguments, text):
    farol(*arguments, text=text, code=2)
    assert not User.objects.exists()


def test_acting_as_somebody_brings_only_their_rights(farol):
    farol("user", "create", "ana@example.com", "--role", "manager")
    farol("user", "list", "--as", "ana@example.com", code=1)
    farol("user", "create", "bia@example.com", "--role", "viewer", "--as", "ana@example.com", code=1)
    assert farol("token", "create", "ana@example.com", "--as", "ana@example.com").startswith("farol_")
    farol("user", "create", "ti@example.com", "--role", "super_admin", "--as", "ana@example.com", code=1)
    assert User.objects.count() == 1


def test_tokens(farol):
    farol("user", "create", "ana@example.com", "--role", "manager")
    made = json.loads(farol("token", "create", "ana@example.com", "--scope", "audit.read", "--days", "3", "--json"))
    assert made.keys() == {"token", "expires_at"}
    farol("token", "create", "ana@example.com", "--scope", "administration", code=2)
    farol("token", "create", "ana@example.com", "--days", "0", code=2)
    farol("user", "deactivate", "ana@example.com")
    farol("token", "create", "ana@example.com", "--as", "ana@example.com", code=1)
