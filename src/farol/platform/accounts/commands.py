"""`farol user …` and `farol token …`."""

from __future__ import annotations

import json
import sys

import click
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from farol.core.errors import BadInput
from farol.platform.accounts import people, tokens
from farol.platform.accounts.models import Role, User
from farol.platform.accounts.operator import acting
from farol.platform.accounts.principal import Principal


@click.group()
def user() -> None:
    """People who may sign in."""


@user.command("create")
@click.argument("email")
@click.option("--role", "slugs", multiple=True, required=True, help="A role; may be given several times.")
@click.option("--name", default="", help="Name that others see.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
@click.option("--as", "as_email", help="Act as this person.")
def create_user(email: str, slugs: tuple[str, ...], name: str, password_stdin: bool, as_email: str | None) -> None:
    """Add a person. Without --password-stdin a link to set a password is printed; it works once."""
    actor = _administrator(as_email)
    roles = _roles(slugs)
    password = _password(email) if password_stdin else None
    try:
        person = people.create(actor, email, name=name, roles=roles, password=password)
    except ValidationError as error:
        raise BadInput("EMAIL", " ".join(error.messages)) from error
    click.echo(_("Added %(email)s.") % {"email": person.email}, err=True)
    if password is None:
        click.echo(people.invite(actor, person))


def _roles(slugs: tuple[str, ...]) -> list[Role]:
    found = {role.slug: role for role in Role.objects.all()}
    for slug in slugs:
        if slug not in found:
            raise BadInput(
                "--role", _("There is no role %(role)s; choose from %(all)s.") % {"role": slug, "all": ", ".join(found)}
            )
    return [found[slug] for slug in slugs]


def _password(email: str) -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    try:
        validate_password(password, User(email=email))
    except ValidationError as error:
        raise BadInput("--password-stdin", " ".join(error.messages)) from error
    return password


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")
@click.option("--as", "as_email", help="Act as this person.")
def list_users(as_json: bool, as_email: str | None) -> None:
    """Everybody, with their roles."""
    _administrator(as_email)
    rows = [
        {"email": u.email, "name": u.name, "active": u.is_active, "roles": sorted(r.slug for r in u.roles.all())}
        for u in User.objects.prefetch_related("roles").order_by("email")
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        state = "" if row["active"] else _("deactivated")
        click.echo(f"{row['email']:<36} {row['name']:<28} {', '.join(row['roles'])} {state}".rstrip())


@user.command("deactivate")
@click.argument("email")
@click.option("--as", "as_email", help="Act as this person.")
def deactivate_user(email: str, as_email: str | None) -> None:
    """End everything of a person at once."""
    people.deactivate(_administrator(as_email), _person(email))
    click.echo(_("Deactivated %(email)s.") % {"email": email}, err=True)


@click.group()
def token() -> None:
    """Tokens for programs."""


@token.command("create")
@click.argument("email")
@click.option("--scope", "scopes", multiple=True, help="A right the token has; without any, all of the person's.")
@click.option("--days", default=tokens.DEFAULT_DAYS, show_default=True, help="Days until it ends.")
@click.option("--name", default="", help="What it is for.")
@click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")
@click.option("--as", "as_email", help="Act as this person.")
def create_token(
    email: str, scopes: tuple[str, ...], days: int, name: str, as_json: bool, as_email: str | None
) -> None:
    """Make a token for a person and show it, this once."""
    actor = acting(as_email)
    person = _person(email)
    if actor.user_id != person.pk:
        actor.require("administration")
    clear, row = tokens.create(actor, person, name, scopes, days)
    if as_json:
        click.echo(json.dumps({"token": clear, "expires_at": row.expires_at.isoformat()}))
    else:
        click.echo(clear)


def _administrator(as_email: str | None) -> Principal:
    actor = acting(as_email)
    actor.require("administration")
    return actor


def _person(email: str) -> User:
    found = User.objects.filter(email=email.strip().lower()).first()
    if found is None:
        raise BadInput("EMAIL", _("There is no person with the e-mail address %(email)s.") % {"email": email})
    return found


COMMANDS = [user, token]
