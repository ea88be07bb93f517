"""E-mails about accounts, through the outbox."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from farol.core.ids import random_token
from farol.platform import outbox
from farol.platform.accounts import links
from farol.platform.accounts.models import User


def send_invitation(user: User) -> str:
    """Queue the invitation and give its link, for installations without e-mail."""
    link = links.make(user, "invitation")
    with translation.override(user.language or translation.get_language()):
        _send(user, _("Your access to Farol"), "accounts/mail/invitation.txt", link)
    return link


def send_reset(user: User) -> None:
    """Queue a link to choose a new password."""
    with translation.override(user.language or translation.get_language()):
        _send(user, _("New password for Farol"), "accounts/mail/reset.txt", links.make(user, "reset"))


def _send(user: User, subject: str, template: str, link: str) -> None:
    text = render_to_string(template, {"name": user.name, "link": link})
    outbox.enqueue("email", f"account-{random_token(12)}", {"to": [user.email], "subject": subject, "text": text})
