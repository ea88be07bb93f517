"""Large content under the installation's keys, chunk by chunk, so that it never has to be in memory as a whole.

A file is `FAROL1`, the key's id, NUL, 16 random bytes of salt, then chunks of 64 KiB, each with its tag. Every file has
a key of its own, derived from the salt; a chunk's nonce is its number and whether it is the last one, so that chunks
can be neither swapped nor cut off unnoticed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from farol.core.keys import Keyring

MAGIC = b"FAROL1"
CHUNK = 1 << 16
TAG = 16
SALT = 16


class Damaged(Exception):
    """The content is not what was written: cut, changed, or under a key that is gone."""


def seal(keyring: Keyring, chunks: Iterable[bytes], target: IO[bytes]) -> None:
    """Write `chunks`, of any sizes, encrypted to `target`."""
    key_id, salt = next(reversed(keyring.encryption)), os.urandom(SALT)
    head = MAGIC + key_id.encode() + b"\0" + salt
    cipher = _cipher(keyring, key_id, salt)
    target.write(head)
    for number, (chunk, last) in enumerate(_even(chunks)):
        target.write(cipher.encrypt(_nonce(number, last), chunk, head))


def unseal(keyring: Keyring, source: IO[bytes]) -> Iterator[bytes]:
    """The content, chunk by chunk; `Damaged` as soon as one does not prove itself."""
    prefix = source.read(len(MAGIC) + 64 + 1 + SALT)
    key_id, nul, rest = prefix[len(MAGIC) :].partition(b"\0")
    if not prefix.startswith(MAGIC) or not nul or key_id.decode("ascii", "replace") not in keyring.encryption:
        raise Damaged("no such header or key")
    head = prefix[: len(MAGIC) + len(key_id) + 1 + SALT]
    source.seek(len(head))
    cipher = _cipher(keyring, key_id.decode(), rest[:SALT])
    number, chunk = 0, source.read(CHUNK + TAG)
    while True:
        following = source.read(CHUNK + TAG)
        try:
            yield cipher.decrypt(_nonce(number, not following), chunk, head)
        except InvalidTag as error:
            raise Damaged(f"chunk {number}") from error
        if not following:
            return
        number, chunk = number + 1, following


def _cipher(keyring: Keyring, key_id: str, salt: bytes) -> AESGCM:
    derived = HKDF(SHA256(), 32, salt, b"farol sealed content").derive(keyring.encryption[key_id])
    return AESGCM(derived)


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _even(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """The same bytes in pieces of `CHUNK`, with whether each is the last; nothing at all is one empty piece."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) > CHUNK:
            yield bytes(held[:CHUNK]), False
            del held[:CHUNK]
    yield bytes(held), True
