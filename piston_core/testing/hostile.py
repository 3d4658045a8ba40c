"""Bodies that nobody should send: broken in every place, in the wrong encoding, too deep, and long."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator
from threading import Thread, stack_size
from time import process_time
from typing import Any

from piston_core.testing.samples import nested

TOO_DEEP = 2_000  # levels; Python's own stack ends at 1000
_STACK = 256 * 1024 * 1024  # bytes, for writers that call themselves
_SIZES = (1_000, 8_000, 64_000)  # characters, items or names, each eight times as many
_MOST_TIMES = 32  # eight times the body may take; linear time is 8, quadratic 64
_NOISE = 0.001  # seconds that are too short to compare
_LONG_ENOUGH = 0.1  # seconds that noise does not change much


def damaged(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a body cut off, with a byte changed, and with a null byte put in, at every place."""
    for place in range(len(body)):
        yield f"cut off after {place} bytes", body[:place]
        yield f"byte {place} is 0xFF", body[:place] + b"\xff" + body[place + 1 :]
        yield f"a null byte before byte {place}", body[:place] + b"\x00" + body[place:]


def noise() -> Iterator[tuple[str, bytes]]:
    """Yield bytes without sense, the same ones always, and text in the encodings that a body should not be in."""
    chance = random.Random(9457)  # noqa: S311 - nothing is to be kept secret
    for length in (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 1000):
        yield from ((f"{length} bytes of noise", chance.randbytes(length)) for _ in range(8))
    yield "every byte", bytes(range(256))
    for encoding in ("latin-1", "utf-16", "utf-16-le", "utf-32-be", "utf-7", "cp037"):
        yield f"text in {encoding}", "Grüße: ü".encode(encoding)


def too_deep(write: Callable[[Any], bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield bodies with more levels than any parser should follow, as far as the writer can write them."""
    for as_list, name in ((True, "lists"), (False, "objects")):
        for depth in (TOO_DEEP, 900):
            body = _with_room(lambda: write({"value": nested(depth, as_list=as_list)}))  # noqa: B023 - called at once
            if body is not None:
                yield f"{depth} {name} in each other", body
                break


def _with_room(call: Callable[[], bytes]) -> bytes | None:
    """Return what a call returns that calls itself often, ``None`` if it comes to an end even so."""
    result: list[bytes] = []

    def run() -> None:
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(50 * TOO_DEEP)
        try:
            result.append(call())
        except RecursionError:
            pass
        finally:
            sys.setrecursionlimit(before)

    before = stack_size(_STACK)
    try:
        thread = Thread(target=run)
        thread.start()
        thread.join()
    finally:
        stack_size(before)
    return result[0] if result else None


# What makes data of about n characters, items or names.
LONG: dict[str, Callable[[int], Any]] = {
    "a long text": lambda n: {"value": "a" * n},
    "a text of quotes": lambda n: {"value": "\"'" * (n // 2)},
    "a text of backslashes": lambda n: {"value": "\\" * n},
    "a text of markup": lambda n: {"value": "<&>" * (n // 3)},
    "a text of lines": lambda n: {"value": "a\n" * (n // 2)},
    "a text of blanks": lambda n: {"value": " " * n},
    "a text that is not ASCII": lambda n: {"value": "é日" * (n // 2)},
    "many names": lambda n: {f"name{number}": "" for number in range(n // 10)},
    "many items": lambda n: {"value": ["a"] * (n // 5)},
    "many objects": lambda n: {"value": [{"a": "b"}] * (n // 10)},
    "a long name": lambda n: {"a" * n: ""},
    "a long number": lambda n: {"value": 10 ** min(n, 4000)},
}


def slower_than_linear(parse: Callable[[bytes], Any], make: Callable[[int], bytes]) -> str:
    """Return how the time to parse grows if it grows faster than the body, ``""`` if it does not."""
    before = _spent(parse, make(_SIZES[0]))
    for size in _SIZES[1:]:
        body = make(size)
        longest = _MOST_TIMES * max(before, _NOISE)
        spent = _spent(parse, body)
        if spent > longest:  # once more, as it may be the machine's fault
            spent = min(spent, _spent(parse, body))
        if spent > longest:
            return f"a body eight times as long takes {spent / max(before, _NOISE):.0f} times as long ({spent:.3f} s)"
        before = spent
    return ""


def _spent(parse: Callable[[bytes], Any], body: bytes) -> float:
    """Return the least seconds of the processor that parsing took; what takes long is not tried often."""
    spent = _timed(parse, body)
    for _ in range(2):
        if spent < _LONG_ENOUGH:
            spent = min(spent, _timed(parse, body))
    return spent


def _timed(parse: Callable[[bytes], Any], body: bytes) -> float:
    started = process_time()
    parse(body)
    return process_time() - started
