"""Pickles that do something: each makes a folder, the canary, when it is unpickled."""

from __future__ import annotations

import os
import pickle
import pickletools
import tempfile
from pathlib import Path
from typing import Any, Self

CANARY = Path(tempfile.gettempdir()) / f"piston-pickle-canary-{os.getpid()}"
EXTENSION = 0xE7  # a number that a test registers for os.mkdir


class Bomb:
    """Goes off whichever way it is made."""

    def __new__(cls, *arguments: Any, **_named: Any) -> Self:
        if arguments:
            Path(arguments[0]).mkdir()
        return super().__new__(cls)

    def __setstate__(self, state: Any) -> None:
        Path(state).mkdir()


def whole(*parts: bytes) -> bytes:
    return b"\x80\x04" + b"".join(parts) + b"."


def value(data: Any) -> bytes:
    """Return the instructions that leave plain data on the stack."""
    return pickletools.optimize(pickle.dumps(data, 3))[2:-1]


def named(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def on_stack(module: str, name: str) -> bytes:
    return value(module) + value(name) + b"\x93"


def arguments(*parts: bytes) -> bytes:
    return b"(" + b"".join(parts) + b"t"


def called(function: bytes, *parts: bytes) -> bytes:
    return function + arguments(*parts) + b"R"


def laughs(levels: int) -> Any:
    """Return ten lists of ten lists of …, each of which is one list ten times."""
    inner: Any = 1
    for _ in range(levels):
        inner = [inner] * 10
    return inner


path, code = value(str(CANARY)), value(f"__import__('os').mkdir({str(CANARY)!r})")
mkdir, bomb = named("os", "mkdir"), named(__name__, "Bomb")
imported = called(named("builtins", "__import__"), value("os"))
getter = called(named("operator", "attrgetter"), value("mkdir"))
made = called(named("copyreg", "_reconstructor"), bomb, named("builtins", "object"), value(None))

RUNS = {
    "os-system": whole(called(named("posix", "system"), value(f"mkdir {CANARY}"))),
    "subprocess": whole(called(named("subprocess", "check_call"), value(["mkdir", str(CANARY)]))),
    "os-mkdir": whole(called(mkdir, path)),
    "os-mkdir-from-the-stack": whole(called(on_stack("os", "mkdir"), path)),
    "eval": whole(called(named("builtins", "eval"), code)),
    "exec": whole(called(on_stack("builtins", "exec"), code)),
    "getattr": whole(called(called(named("builtins", "getattr"), imported, value("mkdir")), path)),
    "attrgetter": whole(called(called(getter, imported), path)),
    "methodcaller": whole(called(called(named("operator", "methodcaller"), value("mkdir"), path), imported)),
    "map": whole(called(named("builtins", "list"), called(named("builtins", "map"), mkdir, value([str(CANARY)])))),
    "partial": whole(called(called(named("functools", "partial"), mkdir, path))),
    "nested-in-the-arguments": whole(called(named("datetime", "date"), called(mkdir, path))),
    "in-a-list": whole(b"](", value("a"), called(mkdir, path), b"e"),
    "as-a-key": whole(b"}(", called(mkdir, path), value(1), b"u"),
    "as-a-value": whole(b"}", value("a"), called(mkdir, path), b"s"),
    "remembered": whole(mkdir, b"q\x00", arguments(path), b"q\x01", b"h\x00h\x01R"),
    "dotted-name": whole(called(on_stack("uuid", "os.mkdir"), path)),
    "class": whole(called(bomb, path)),
    "newobj": whole(bomb, arguments(path), b"\x81"),
    "newobj-ex": whole(bomb, arguments(path), b"}\x92"),
    "inst": whole(b"(", path, f"i{__name__}\nBomb\n".encode()),
    "inst-of-a-function": whole(b"(", path, b"ios\nmkdir\n"),
    "obj": whole(b"(", bomb, path, b"o"),
    "reconstructor": whole(made, path, b"b"),
    "build": whole(bomb, b")\x81", path, b"b"),
    "build-after-a-plain-value": whole(b"](", value(1), bomb, b")\x81", path, b"b", b"e"),
    "extension-1": whole(called(b"\x82" + bytes([EXTENSION]), path)),
    "extension-2": whole(called(b"\x83" + EXTENSION.to_bytes(2, "little"), path)),
    "extension-4": whole(called(b"\x84" + EXTENSION.to_bytes(4, "little"), path)),
    "protocol-0": b"cos\nmkdir\n(S'" + str(CANARY).encode() + b"'\ntR.",
    "before-something-plain": whole(called(mkdir, path), b"0", value({"a": 1})),
    "two-pickles": whole(called(mkdir, path)) + whole(value({"a": 1})),
    "reduce-of-a-class": pickle.dumps(type("X", (), {"__reduce__": lambda _: (os.mkdir, (str(CANARY),))})()),
}

# What runs only in an unpickler that has been made for it, or makes something that is no plain data.
MAKES = {
    "persistent-id": whole(b"P0\n"),
    "persistent-id-of-anything": whole(path, b"Q"),
    "next-buffer": whole(b"\x97"),
    "read-only-buffer": whole(b"\x97\x98"),
    "bytearray": whole(b"\x96" + (1).to_bytes(8, "little") + b"x"),
    "large-bytearray": whole(called(named("builtins", "bytearray"), value(10**10))),
    "large-bytes": whole(called(named("builtins", "bytes"), value(10**10))),
    "large-power": whole(called(named("builtins", "pow"), value(10**9), value(10**9))),
    "set": whole(b"\x8f"),
    "frozenset": whole(b"(\x91"),
    "duplicate": whole(value([1]), b"2", b"a"),
    "dict-of-marked": whole(b"(", value("a"), value(1), b"d"),
    "unknown-extension": whole(b"\x82\x01"),
    "dotted-name-to-a-module": whole(on_stack("datetime", "sys.modules")),
    "dotted-name-to-a-method": whole(called(on_stack("datetime", "datetime.fromisoformat"), value("2026-01-01"))),
    "dotted-name-to-another-type": whole(on_stack("datetime", "date.__class__")),
    "dots-around": whole(on_stack("datetime", ".date")),
    "subclass": whole(on_stack("datetime", "tzinfo")),
    "module-below": whole(on_stack("datetime.date", "today")),
    "module-in-other-case": whole(on_stack("Datetime", "date")),
    "module-with-a-blank": whole(named("datetime ", "date")),
    "pure-python-twin": whole(on_stack("_pydatetime", "date")),
    "name-that-is-no-text": whole(value("datetime"), value(["date"]), b"\x93"),
    "module-that-is-no-text": whole(value({"a": 1}), value("date"), b"\x93"),
    "long-names": whole(on_stack("m" * 100_000, "n" * 100_000)),
    "long-names-in-lines": whole(named("m" * 100_000, "n" * 100_000)),
    "attribute-of-a-type": whole(on_stack("datetime", "date"), b"}", value("x"), value(1), b"sb"),
    "attribute-of-a-maker": whole(on_stack("uuid", "UUID"), b"N}", value("__defaults__"), value(None), b"s\x86b"),
    "attribute-of-a-list": whole(b"]}", value("x"), value(1), b"sb"),
    "newobj-of-a-plain-type": whole(on_stack("decimal", "Decimal"), arguments(value("1")), b"\x81"),
    "a-type": whole(on_stack("decimal", "Decimal")),
    "a-type-in-a-list": whole(b"]", on_stack("decimal", "Decimal"), b"a"),
    "a-type-as-a-key": whole(b"}", on_stack("decimal", "Decimal"), value(1), b"s"),
    "call-of-a-value": whole(value("text"), b")R"),
    "call-of-a-list": whole(b"])R"),
    "call-of-a-date": whole(called(called(on_stack("datetime", "timedelta"), value(1), value(1), value(1)))),
    "arguments-that-are-a-list": whole(on_stack("decimal", "Decimal"), value(["1"]), b"R"),
    "arguments-that-are-text": whole(on_stack("decimal", "Decimal"), value("1"), b"R"),
    "get-what-nobody-put": whole(b"h\x07"),
    "get-far-away": whole(b"j\xff\xff\xff\xff"),
    "put-nothing": whole(b"q\x00"),
    "empty-stack": whole(),
    "two-values": whole(value(1), value(2)),
    "open-mark": whole(b"(", value(1)),
    "mark-alone": whole(b"("),
    "append-to-nothing": whole(value(1), b"a"),
    "append-to-text": whole(value("a"), value(1), b"a"),
    "append-to-a-dictionary": whole(b"}", value(1), b"a"),
    "items-for-a-list": whole(b"]", value("a"), value(1), b"s"),
    "odd-items": whole(b"}(", value("a"), value(1), value("b"), b"u"),
    "items-without-a-mark": whole(b"}", value("a"), value(1), b"u"),
    "tuple-of-too-few": whole(value(1), b"\x87"),
    "tuple-without-a-mark": whole(value(1), b"t"),
    "key-that-is-a-list": whole(b"}]N", b"s"),
    "large-integer": whole(b"\x8b", (10**6).to_bytes(4, "little"), b"\x7f" * 10**6),
    "large-integer-that-is-not-there": whole(b"\x8b\xff\xff\xff\x7f"),
    "negative-size": whole(b"\x8b\xff\xff\xff\xff"),
    "integer-of-digits": whole(b"I" + b"9" * 100_000 + b"\n"),
    "long-of-digits": whole(b"L" + b"9" * 100_000 + b"L\n"),
    "float-of-digits": whole(b"F1.5\n"),
    "text-with-escapes": whole(b"S'\\q'\n"),
    "text-of-protocol-0": whole(b"V\\u12\n"),
    "bytes-that-are-not-there": whole(b"B\xff\xff\xff\xff"),
    "bytes-of-eight-bytes": whole(b"\x8e" + b"\xff" * 7 + b"\x0f"),
    "text-of-eight-bytes": whole(b"\x8d" + b"\xff" * 7 + b"\x0f"),
    "text-that-is-not-there": whole(b"X\xff\xff\xff\x7f"),
    "text-that-is-no-utf-8": whole(b"\x8c\x02\xff\xfe"),
    "half-a-character": whole(b"\x8c\x03\xed\xa0\x80"),
    "circle-of-a-list": whole(b"]q\x00h\x00a"),
    "circle-of-a-dictionary": whole(b"}q\x00", value("a"), b"h\x00s"),
    "circle-of-three": whole(b"]q\x00", b"}q\x01", value("a"), b"]q\x02h\x00as", b"a"),
    "wide-circle": whole(b"]q\x00(", b"h\x00" * 1000, b"e"),
    "laughs": pickle.dumps(laughs(30)),
    "deep-list": whole(b"]" * 100_000, b"a" * 99_999),
    "deep-tuple": whole(b")", b"\x85" * 100_000),
    "deep-tuple-as-a-key": whole(b"})", b"\x85" * 100_000, value(1), b"s"),
    "deep-dictionary": whole((b"}" + value("a")) * 100_000, value(1), b"s" * 100_000),
    "deep-marks": whole(b"(" * 100_000),
    "deep-arguments": whole(on_stack("decimal", "Decimal"), b")", b"\x85" * 100_000, b"R"),
}
