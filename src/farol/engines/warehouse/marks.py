"""The parameter marks of a statement, told from the same letters inside quotes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_QUOTED_OR_MARK = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\?|%""")


@lru_cache(maxsize=1024)
def percent(sql: str) -> str:
    """`?` becomes `%s` for drivers that want it, and every `%` a letter that is no mark."""
    return _QUOTED_OR_MARK.sub(lambda found: "%s" if found[0] == "?" else found[0].replace("%", "%%"), sql)


def replaced(sql: str, texts: Sequence[str]) -> str:
    """The `?` outside quotes become `texts`, one after the other."""
    waiting = iter(texts)
    return _QUOTED_OR_MARK.sub(lambda found: next(waiting) if found[0] == "?" else found[0], sql)
