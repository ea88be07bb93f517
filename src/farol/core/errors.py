"""Errors with a sentence for the person; mapped to an answer at each boundary (page, REST, command line)."""

from __future__ import annotations

from typing import Any


class FarolError(Exception):
    """Something a person can act on.

    `code` is a stable slug for machines; `detail` a translated sentence that says what happened and what to do.
    """

    code = "error"
    status = 400

    def __init__(self, detail: Any, *, code: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        if code:
            self.code = code

    def __str__(self) -> str:
        return str(self.detail)


class BadInput(FarolError):
    """A value is wrong; `field` names it (422)."""

    code = "invalid"
    status = 422

    def __init__(self, field: str, detail: Any, *, code: str | None = None) -> None:
        super().__init__(detail, code=code)
        self.field = field

    def __str__(self) -> str:
        return f"{self.field}: {self.detail}"


class Refused(FarolError):
    """The rules of the record or of its state do not allow it now (409)."""

    code = "refused"
    status = 409


class NotAllowed(FarolError):
    """The person lacks the right (403)."""

    code = "forbidden"
    status = 403


class NotFound(FarolError):
    """Unknown, or not among the rows the person may see: the same answer for both (404)."""

    code = "not_found"
    status = 404


class Unavailable(FarolError):
    """Something Farol needs does not answer now (503)."""

    code = "unavailable"
    status = 503
