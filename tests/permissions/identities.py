"""Everybody who may knock: each seeded role, nobody, a deactivated person, a token of narrow scope."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client

from farol.platform.accounts import tokens
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.principal import OPERATOR, Principal, principal_of
from farol.platform.accounts.rights import ROLES

NARROW = "alerts.view"


@dataclass(frozen=True)
class Identity:
    """`session` is a signed-in browser, `token` a bearer token; `principal` None may do only what is public."""

    name: str
    principal: Principal | None
    session: Client
    token: str = ""


def person(role: str, email: str = "") -> User:
    user = User.objects.create(email=email or f"{role}@people.example", name=role)
    user.roles.add(Role.objects.get(slug=role))
    return user


def browser(user: User | None = None) -> Client:
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    return client


def everybody() -> list[Identity]:
    """The identities, made in the database of the test."""
    found = [Identity("anonymous", None, browser())]
    for role in ROLES:
        user = person(role)
        token = tokens.create(OPERATOR, user, "all")[0]
        found.append(Identity(role, principal_of(user), browser(user), token))
    return [*found, _deactivated(), _narrow()]


def _deactivated() -> Identity:
    user = person("super_admin", "gone@people.example")
    client, token = browser(user), tokens.create(OPERATOR, user, "all")[0]
    User.objects.filter(pk=user.pk).update(is_active=False)
    return Identity("deactivated", None, client, token)


def _narrow() -> Identity:
    user = person("manager", "narrow@people.example")
    token = tokens.create(OPERATOR, user, "narrow", [NARROW])[0]
    return Identity("narrow token", principal_of(user, [NARROW]), browser(), token)
