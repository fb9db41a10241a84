"""What was made lately, by the hash of what it was made from."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """Keeps the last few. Two threads may make the same thing at once; nobody waits for anybody."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[bytes, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, source: bytes, make: Callable[[], T]) -> T:
        key = hashlib.sha256(source).digest()
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        made = make()
        with self._lock:
            self._made[key] = made
            while len(self._made) > self._most:
                self._made.popitem(last=False)
        return made
