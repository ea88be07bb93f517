"""Making reports and keeping them: the same report on the same data is kept once."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import transaction
from django.db.models import Q, QuerySet

from farol.core.errors import NotFound
from farol.engines.reports import store
from farol.engines.reports.definition import Report, get_report, make, reports
from farol.engines.reports.document import Document, Summary
from farol.engines.reports.models import Issue, IssueFile
from farol.engines.reports.rendering import FORMATS, data_section, render
from farol.platform.accounts.principal import Principal

EVERYTHING = "all"


def issue(report: Report, asked: dt.date, principal: Principal, language: str) -> Issue:
    """Make the report of a day and keep it with all its files; what is already kept with equal data is returned."""
    document = make(report, asked, principal, language)
    digest = hashlib.sha256(data_section(document)).hexdigest()
    same = {"report": report.name, "asked": asked, "language": language, "data_hash": digest}
    same["scope"] = scope_of(report, principal)
    kept = Issue.objects.filter(**same).first()
    if kept:
        return kept
    files = {name: render(document, name) for name in FORMATS}
    stored = {name: (store.put(content), len(content)) for name, content in files.items()}
    with transaction.atomic():
        found, created = Issue.objects.get_or_create(**same, defaults=_facts(document))
        if created:
            IssueFile.objects.bulk_create(
                IssueFile(issue=found, format=name, digest=digest, size=size) for name, (digest, size) in stored.items()
            )
    return found


def scope_of(report: Report, principal: Principal) -> str:
    """Who may read what this principal's report shows: everybody of the area, or only the person."""
    return f"user:{principal.user_id}" if principal.own_only(report.permission) else EVERYTHING


def visible(principal: Principal) -> QuerySet[Issue]:
    """The issues a person may open: of areas they may see, made for everybody or for themselves."""
    allowed = Q(pk__in=[])
    for report in reports().values():
        if principal.may(report.permission):
            allowed |= Q(report=report.name, scope=scope_of(report, principal))
    return Issue.objects.filter(allowed)


def get_issue(pk: int, principal: Principal) -> Issue:
    """One issue the person may open, else `NotFound`."""
    found = visible(principal).filter(pk=pk).first()
    if not found:
        raise NotFound("")
    return found


def content(file: IssueFile) -> bytes:
    """The bytes of a kept file."""
    return store.get(file.digest)


def label_of(found: Issue) -> str:
    """The report's name in the reader's language."""
    return str(get_report(found.report).label)


def _facts(document: Document) -> dict[str, object]:
    blocks = [block for section in document.sections for block in section.blocks]
    sentences = [s for block in blocks if isinstance(block, Summary) for s in block.sentences]
    return {
        "day": document.day,
        "title": document.title,
        "subtitle": document.subtitle,
        "notice": document.notice,
        "summary": sentences,
        "data_version": document.origin.data_version,
    }
