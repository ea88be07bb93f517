"""What a sending says: the payloads of the outbox's e-mail and Slack channels."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from farol.engines.reports import store
from farol.engines.reports.models import Issue
from farol.engines.reports.rendering import FORMATS


def email(issue: Issue, recipient: str) -> dict[str, Any]:
    """The summary as plain text, with every file of the report attached."""
    with translation.override(issue.language):
        closing = _("The whole report is attached, and here: %(link)s") % {"link": link(issue)}
    return {
        "to": [recipient],
        "subject": f"{issue.title}: {issue.subtitle}",
        "text": "\n\n".join(part for part in (issue.subtitle, issue.notice, *issue.summary, closing) if part) + "\n",
        "attachments": [
            {
                "path": store.location(file.digest),
                "name": file.name,
                "type": FORMATS[file.format].partition(";")[0],
                "sha256": file.digest,
            }
            for file in issue.files.all()
        ],
    }


def slack(issue: Issue) -> dict[str, Any]:
    """The summary and the address of the report."""
    parts = [f"*{issue.title}*: {issue.subtitle}", issue.notice, *issue.summary, link(issue)]
    return {"text": "\n".join(part for part in parts if part)}


def link(issue: Issue) -> str:
    """The full address of the report's page."""
    return settings.FAROL_PUBLIC_URL + reverse("reports:issue", args=[issue.pk])
