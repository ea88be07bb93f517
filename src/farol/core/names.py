"""Names as they are searched for: without accents, in capitals, word by word."""

from __future__ import annotations

import re
import unicodedata

LONGEST_KEY, LONGEST_WORD = 140, 60
_WORD = re.compile(r"[0-9A-Z]+")


def name_key(text: str) -> str:
    """Two ways to write one name give the same: case, accents, punctuation and spaces do not count."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(_WORD.findall(plain.upper()))[:LONGEST_KEY].strip()


def words(text: str) -> list[str]:
    """The different words of a text, in their order."""
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in name_key(text).split()))
