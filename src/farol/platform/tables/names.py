"""Names of columns as people write them."""

from __future__ import annotations

import re
import unicodedata


def normal(header: str) -> str:
    """A column name without case, accents, and punctuation: `Valor Transacionado (R$)` is `valor_transacionado_r`."""
    plain = unicodedata.normalize("NFKD", header.replace("\ufeff", "")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
