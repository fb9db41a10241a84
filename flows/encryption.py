"""Encryption at rest: secrets of environments and the live values of running flows. Fernet; the first key encrypts."""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class CannotDecrypt(Exception):
    """No configured key opens this value: the key it was written with is no longer in STEPWELL_ENCRYPTION_KEYS."""


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _box() -> MultiFernet:
    return _fernet(tuple(settings.ENCRYPTION_KEYS))


def encrypt(plain: bytes) -> bytes:
    return _box().encrypt(plain)


def decrypt(ciphertext: bytes | memoryview) -> bytes:
    """Raises CannotDecrypt."""
    try:
        return _box().decrypt(bytes(ciphertext))
    except InvalidToken as exc:
        raise CannotDecrypt("A stored value cannot be decrypted: its key is missing.") from exc


def rotate(ciphertext: bytes | memoryview) -> bytes:
    """The same value under the newest key. Raises CannotDecrypt."""
    try:
        return _box().rotate(bytes(ciphertext))
    except InvalidToken as exc:
        raise CannotDecrypt("A stored value cannot be decrypted: its key is missing.") from exc
