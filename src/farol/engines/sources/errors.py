"""What can go wrong with a system that data is fetched from; each class says what a sync or a write does about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from farol.core.errors import FarolError


class SourceError(FarolError):
    """The other system did not give what was asked."""

    code = "source_error"
    status = 503


class Unreachable(SourceError):
    """No whole answer after all tries: refused, cut, too slow, or an error of its own."""

    code = "unreachable"


class Slow(Unreachable):
    """The other side gave up on the question (504) or took too long: a smaller one may be answered."""


class Waits(SourceError):
    """Nothing is asked for `after` more seconds."""

    def __init__(self, detail: Any, *, after: float) -> None:
        super().__init__(detail)
        self.after = after


class Busy(Waits):
    """The other side wants a pause that is longer than a run waits."""

    code = "busy"


class Open(Waits):
    """Too many failures in a row: the circuit is open."""

    code = "circuit_open"


class Blocked(Waits):
    """The other side blocks the account or the address; asking on makes it worse."""

    code = "blocked"

    def __init__(self, detail: Any, *, after: float = 3600.0) -> None:
        super().__init__(detail, after=after)


class Forbidden(SourceError):
    """The credentials are good, but may not do this."""

    code = "forbidden"


class Unauthorised(SourceError):
    """The credentials are not accepted any more: somebody has to connect again."""

    code = "consent_needed"


class Billing(SourceError):
    """The account is not paid for."""

    code = "billing"


class Missing(SourceError):
    """There is no such thing at the other side."""

    code = "missing"


class Rejected(SourceError):
    """The other side did not accept the question or the record; `fields` names what it complained of."""

    code = "rejected"

    def __init__(self, detail: Any, *, fields: Sequence[str] = ()) -> None:
        super().__init__(detail)
        self.fields = tuple(fields)


class BadAnswer(SourceError):
    """An answer that makes no sense: not JSON, another host, a list that does not hold still."""

    code = "bad_answer"


class Broken(SourceError):
    """Records came in another shape than agreed; `problems` says which (`farol.engines.sources.source.Problem`)."""

    code = "contract"

    def __init__(self, detail: Any, *, problems: Sequence[Any] = ()) -> None:
        super().__init__(detail)
        self.problems = tuple(problems)


class Doubt(SourceError):
    """Something was sent and nobody knows whether it arrived."""

    code = "doubt"


class Stopped(SourceError):
    """Another part of the same run failed, so this one gives up."""

    code = "stopped"
