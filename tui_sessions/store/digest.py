"""A quick digest whose import is quick as well: `hashlib` loads OpenSSL, a quarter of what `list` takes."""

from __future__ import annotations

try:
    from _blake2 import blake2b
except ImportError:  # another Python than CPython
    from hashlib import blake2b

__all__ = ["blake2b"]
