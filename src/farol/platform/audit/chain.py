"""The hash chain over the audit: sealing and verifying."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from django.db import transaction

from farol.core import clock
from farol.platform.audit.models import Entry, Head

BATCH = 2000
FIELDS = ("id", "at", "person_id", "actor", "code", "target", "params", "request_id", "position", "digest")


@dataclass(frozen=True)
class Verdict:
    """`position` is where the chain first breaks, 0 if it does not; `problem` says what is wrong there."""

    ok: bool
    sealed: int
    unsealed: int
    position: int = 0
    problem: str = ""

    def as_dict(self) -> dict:
        return asdict(self)


def digest_of(previous: str, position: int, entry: Entry) -> str:
    """SHA-256 over the digest before and everything the entry says."""
    at = entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    said = [previous, position, entry.pk, at, entry.person_id, entry.actor, entry.code, entry.target]
    text = json.dumps([*said, entry.params, entry.request_id], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def seal() -> int:
    """Chain every entry that is not chained yet, in order; how many. Two sealers at once do the work of one."""
    sealed = 0
    while done := _seal_batch():
        sealed += done
    return sealed


@transaction.atomic
def _seal_batch() -> int:
    head = _locked_head()
    position, digest = head.position, head.digest
    fresh = list(Entry.objects.filter(position=None).order_by("id")[:BATCH])
    for entry in fresh:
        position += 1
        digest = digest_of(digest, position, entry)
        Entry.objects.filter(pk=entry.pk, position=None).update(position=position, digest=digest)
    if fresh:
        Head.objects.filter(pk=head.pk).update(position=position, digest=digest)
    return len(fresh)


def _locked_head() -> Head:
    Head.objects.get_or_create(pk=1)
    return Head.objects.select_for_update().get(pk=1)


def verify(anchors: Iterable[str] = ()) -> Verdict:
    """Walk the whole chain. `anchors` are `position-digest` texts of reports; the chain must still agree with them."""
    head = Head.objects.filter(pk=1).first() or Head()
    unsealed = Entry.objects.filter(position=None).count()
    promised = dict(_read_anchors(anchors))
    expected, previous = 1, ""
    for entry in Entry.objects.exclude(position=None).order_by("position").only(*FIELDS).iterator(BATCH):
        problem = _problem(entry, expected, previous, promised)
        if problem:
            return Verdict(False, expected - 1, unsealed, expected, problem)
        expected, previous = expected + 1, entry.digest
    return _judge_end(expected - 1, previous, head, promised, unsealed)


def _problem(entry: Entry, expected: int, previous: str, promised: dict[int, str]) -> str:
    if entry.position != expected:
        return "missing"
    if entry.digest != digest_of(previous, expected, entry):
        return "changed"
    if not entry.digest.startswith(promised.get(expected, "")):
        return "contradicts an anchor"
    return ""


def _judge_end(last: int, digest: str, head: Head, promised: dict[int, str], unsealed: int) -> Verdict:
    if last != head.position or digest != head.digest:
        return Verdict(False, last, unsealed, min(last, head.position) + 1, "cut" if last < head.position else "added")
    if promised and max(promised) > last:
        return Verdict(False, last, unsealed, last + 1, "cut")
    return Verdict(True, last, unsealed)


def _read_anchors(anchors: Iterable[str]) -> Iterator[tuple[int, str]]:
    for text in anchors:
        position, _dash, digest = text.partition("-")
        yield int(position), digest.lower()


def anchor_of(day: dt.date) -> str | None:
    """`position-digest` (16 digits) of the last entry sealed by the end of a local day."""
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), clock.zone())
    last = Entry.objects.exclude(position=None).filter(at__lt=end).order_by("-position").first()
    return f"{last.position}-{last.digest[:16]}" if last else None
