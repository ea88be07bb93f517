"""Tiny's error codes: what each means for Farol, and the sentence that says what happened and what to do."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from farol.connectors.tiny.envelope import NOT_PROCESSED, Answer
from farol.connectors.tiny.port import ErpBusy, ErpDoubt, ErpError, ErpMissing, ErpRefused, ErpShut
from farol.platform.operation.redaction import HIDDEN, redact

_BUG = gettext_lazy("Tiny did not understand what Farol sent. Tell whoever maintains Farol, with this code.")
TOO_OFTEN, TOO_MANY = 6, 11

SENTENCES: dict[int, tuple[type[ErpError], Any]] = {
    1: (ErpShut, gettext_lazy("Tiny got no token. Set FAROL_TINY_TOKEN.")),
    2: (
        ErpShut,
        gettext_lazy("Tiny does not accept the token. Make a new one in Tiny (Token API) and set FAROL_TINY_TOKEN."),
    ),
    3: (ErpRefused, _BUG),
    4: (ErpDoubt, _BUG),
    5: (ErpShut, gettext_lazy("This Tiny account has no access by API. Ask for a plan that includes it.")),
    6: (ErpBusy, gettext_lazy("Tiny wants a pause: too many calls in the last minute. Farol goes on by itself.")),
    7: (ErpShut, gettext_lazy("The Tiny account has no storage left. Free some or extend the plan.")),
    8: (ErpShut, gettext_lazy("The Tiny account is blocked. Settle it with Tiny.")),
    9: (ErpRefused, _BUG),
    10: (ErpRefused, _BUG),
    11: (ErpBusy, gettext_lazy("Tiny wants a pause: too many calls at once. Farol goes on by itself.")),
    21: (ErpRefused, gettext_lazy("Tiny found too many records. Search for something narrower.")),
    22: (ErpRefused, _BUG),
    30: (ErpDoubt, gettext_lazy("Tiny says that this is there already. Farol looks for it.")),
    31: (ErpRefused, gettext_lazy("Tiny did not accept the data. Correct the record and send it again.")),
    32: (ErpMissing, gettext_lazy("Tiny does not have this record. See whether somebody deleted it there.")),
    33: (ErpRefused, gettext_lazy("Tiny has this record twice. Delete the one too many in Tiny, then try again.")),
    34: (ErpRefused, gettext_lazy("The invoice is not authorised in Tiny. Authorise it there first.")),
    35: (ErpDoubt, gettext_lazy("Tiny had an unexpected error.")),
    99: (ErpBusy, gettext_lazy("Tiny is under maintenance. Farol goes on by itself when it is over.")),
}
_LONG_NUMBER = re.compile(r"\b\d[\d./-]{8,}\d\b")  # documents and phones, in any punctuation
WAITS = {TOO_OFTEN: 61.0, TOO_MANY: 10.0, 99: 300.0}


def error_of(answer: Answer) -> ErpError:
    """The typed error of an answer that is no success."""
    kind, sentence = SENTENCES.get(answer.code or 0, (_unknown_kind(answer), gettext_lazy("Tiny reported an error.")))
    detail = " ".join([str(sentence), *_words(answer)])
    return ErpBusy(detail, after=WAITS[answer.code or 0]) if kind is ErpBusy else kind(detail)


def _unknown_kind(answer: Answer) -> type[ErpError]:
    return ErpRefused if answer.processing == NOT_PROCESSED else ErpDoubt


def _words(answer: Answer) -> list[str]:
    words = "; ".join(answer.texts)[:500]
    said = [_("Tiny: %(words)s") % {"words": _LONG_NUMBER.sub(HIDDEN, redact(words))}] if words else []
    return [*said, _("(code %(code)s)") % {"code": answer.code}] if answer.code else said
