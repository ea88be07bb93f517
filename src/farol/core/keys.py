"""Secrets that `farol init` makes once per installation and keeps in `keys.json` (0600), never inside a backup."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12


@dataclass(frozen=True)
class Keyring:
    """Session secret, encryption keys by id (the last one encrypts), and the key of look-up hashes."""

    session_secret: str
    encryption: dict[str, bytes]
    lookup: bytes

    @classmethod
    def generate(cls) -> Keyring:
        return cls(secrets.token_urlsafe(48), {"k1": secrets.token_bytes(32)}, secrets.token_bytes(32))

    @classmethod
    def load(cls, path: Path) -> Keyring:
        raw = json.loads(path.read_text(encoding="ascii"))
        keys = {name: base64.b64decode(value) for name, value in raw["encryption"].items()}
        return cls(raw["session_secret"], keys, base64.b64decode(raw["lookup"]))

    def save(self, path: Path) -> None:
        """Write a new file that only the owner can read; an existing one is never overwritten."""
        body = {
            "session_secret": self.session_secret,
            "encryption": {name: base64.b64encode(key).decode() for name, key in self.encryption.items()},
            "lookup": base64.b64encode(self.lookup).decode(),
        }
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            json.dump(body, file, indent=1)
            file.flush()
            os.fsync(file.fileno())

    def encrypt(self, plain: bytes) -> bytes:
        """`key id NUL nonce ciphertext`, so that keys can rotate while old values stay readable."""
        key_id = next(reversed(self.encryption))
        nonce = os.urandom(NONCE)
        head = key_id.encode() + b"\0"
        return head + nonce + AESGCM(self.encryption[key_id]).encrypt(nonce, plain, head)

    def decrypt(self, value: bytes) -> bytes:
        """Raises `cryptography.exceptions.InvalidTag` for a damaged value, `KeyError` for an unknown key id."""
        key_id, _, rest = value.partition(b"\0")
        head = key_id + b"\0"
        return AESGCM(self.encryption[key_id.decode()]).decrypt(rest[:NONCE], rest[NONCE:], head)

    def lookup_hash(self, text: str) -> str:
        """Keyed hash by which an encrypted value can be found again (hex, 64 characters)."""
        return hmac.new(self.lookup, text.encode(), hashlib.sha256).hexdigest()
