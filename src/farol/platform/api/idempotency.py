"""`Idempotency-Key`: a request that is sent again has one effect and gets one answer.

The key's row and the effect stand in one transaction. A twin in flight waits for it: on SQLite at the transaction's
beginning, on PostgreSQL at the unique key. A refusal is an answer, too: its effect is rolled back, the row stays.
An error of ours and a request that nobody signed leave nothing, so that it can be tried again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from farol.core.errors import BadInput
from farol.platform.accounts.principal import asker_of
from farol.platform.api.models import KeptAnswer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEY = re.compile(r"[\x21-\x7e]{1,200}")
SAFE = ("GET", "HEAD", "OPTIONS")
View = TypeVar("View", bound=Callable)
Run = Callable[[], HttpResponse]


class KeyReused(BadInput):
    """The same key came before with another request (422)."""

    code = "key_reused"

    def __init__(self) -> None:
        super().__init__(HEADER, _("This key came before with another request. Nothing was done; send a new key."))


def reads(view: View) -> View:
    """Mark an operation that changes nothing though its method could: it needs no key and keeps no answer."""
    view.reads = True  # type: ignore[attr-defined]
    return view


def takes_form(view: View) -> View:
    """Mark an operation that is sent a form with files instead of JSON."""
    view.takes_form = True  # type: ignore[attr-defined]
    return view


def once(request: HttpRequest, run: Run, *, form: bool = False) -> HttpResponse:
    """Answer a request that changes something; without the header it simply runs. Raises `BadInput`."""
    key = request.headers.get(HEADER)
    if key is None:
        return run()
    if not KEY.fullmatch(key):
        raise BadInput(HEADER, _("Use 1 to 200 visible characters without spaces."))
    # reads the whole request, which must not keep the database waiting
    digest = _digest(request, _parts(request) if form else [request.body])
    with transaction.atomic():
        kept, new = _keep(request, key, digest)
        if not new:
            return _replay(kept, digest)
        response = _with_effect(run)
        if _lasting(response):
            _store(kept, response)
        else:
            transaction.set_rollback(True)
    return response


def _keep(request: HttpRequest, key: str, digest: str) -> tuple[KeptAnswer, bool]:
    """The row of this key, and whether this request is the first."""
    person = asker_of(request).user_id
    return KeptAnswer.objects.get_or_create(person_id=person, key=key, defaults={"digest": digest})


def _with_effect(run: Run) -> HttpResponse:
    """Of a refusal nothing but the answer stays."""
    with transaction.atomic():
        response = run()
        if response.status_code >= 400:
            transaction.set_rollback(True)
    return response


def _lasting(response: HttpResponse) -> bool:
    return response.status_code < 500 and response.status_code != 401 and not response.streaming


def _store(kept: KeptAnswer, response: HttpResponse) -> None:
    sealed = settings.KEYRING.encrypt(response.content)
    KeptAnswer.objects.filter(pk=kept.pk).update(status=response.status_code, body=sealed)


def _replay(kept: KeptAnswer, digest: str) -> HttpResponse:
    if kept.digest != digest:
        raise KeyReused
    body = settings.KEYRING.decrypt(bytes(kept.body))
    headers = {REPLAYED: "true"}
    return HttpResponse(body, status=kept.status, content_type="application/json; charset=utf-8", headers=headers)


def _digest(request: HttpRequest, parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    for part in parts:
        digest.update(part)
    return settings.KEYRING.lookup_hash(digest.hexdigest())


def _parts(request: HttpRequest) -> Iterator[bytes]:
    """What a form says: its bytes are others each time it is sent."""
    yield json.dumps(sorted(request.POST.lists())).encode()
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            yield json.dumps([name, file.name, file.size]).encode()
            yield from file.chunks()
            file.seek(0)


def parameter() -> dict[str, Any]:
    """How the document of the interface describes the header."""
    return {
        "in": "header",
        "name": HEADER,
        "required": False,
        "description": "Of requests with the same key, the first one takes effect and all get its answer.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"^[\x21-\x7e]+$"},
    }
