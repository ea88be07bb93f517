"""Short codes that people can read aloud, and secrets that nobody can guess."""

from __future__ import annotations

import hashlib
import secrets

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def short_code(data: bytes | str, length: int = 10) -> str:
    """The first `length` base-32 digits (5 bits each, without I, L, O and U) of the SHA-256 of `data`."""
    digest = hashlib.sha256(data.encode() if isinstance(data, str) else data).digest()
    bits = int.from_bytes(digest, "big")
    return "".join(CROCKFORD[bits >> (251 - 5 * place) & 31] for place in range(length))


def read_code(text: str) -> str:
    """A code as somebody typed it: any case, hyphens, and O, I, L read as the digits they look like."""
    return text.strip().upper().translate(_MISREAD)


def random_token(size: int = 32) -> str:
    """A secret of `size` random bytes, safe in addresses and headers."""
    return secrets.token_urlsafe(size)
