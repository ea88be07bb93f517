"""Encryption of a person's data: every person has a key of their own, itself encrypted by the installation's keys.

Whoever destroys a person's key makes all of that person's data unreadable, in this database and in every copy that is
restored without it.
"""

from __future__ import annotations

import json
import os
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from farol.core import documents

NONCE = 12


def new_key() -> bytes:
    """A key for a new person, as it is stored."""
    return settings.KEYRING.encrypt(AESGCM.generate_key(256))


def renewed(key: bytes) -> bytes | None:
    """The same person's key under the installation's newest key; None if it is under that one already."""
    newest = next(reversed(settings.KEYRING.encryption))
    if not key or key.partition(b"\0")[0] == newest.encode():
        return None
    return settings.KEYRING.encrypt(settings.KEYRING.decrypt(key))


def seal(key: bytes, name: str, value: Any) -> bytes:
    """A JSON value of the field `name` under a stored person's key; nothing at all for an empty value."""
    if not value:
        return b""
    nonce = os.urandom(NONCE)
    return nonce + _cipher(key).encrypt(nonce, json.dumps(value).encode(), name.encode())


def unseal(key: bytes, name: str, box: bytes) -> Any:
    """What `seal` was given; `InvalidTag` for a box of another person or field, `None` where there is none."""
    box = bytes(box)
    return json.loads(_cipher(key).decrypt(box[:NONCE], box[NONCE:], name.encode())) if box and key else None


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(settings.KEYRING.decrypt(bytes(key)))


def document_hash(text: str) -> str:
    """The keyed hash by which a document is found; empty for an empty text."""
    plain = documents.cnpj.normalize(text)
    return settings.KEYRING.lookup_hash(f"document:{plain}") if plain else ""


def contact_hash(kind: str, text: str) -> str:
    """The same for a telephone or an e-mail address."""
    return settings.KEYRING.lookup_hash(f"{kind}:{text}")
