"""Read pickles of plain data without unpickling: a machine that knows no instruction for anything else.

Nothing is imported, no class is looked up and no method of the data is called. Of the instructions
(the module ``pickletools`` describes them) there are those that make constants, lists, dictionaries
and values of the types in ``makers``.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from io import BytesIO
from pickletools import (
    read_bytes1,
    read_bytes4,
    read_float8,
    read_int4,
    read_long1,
    read_uint1,
    read_uint2,
    read_uint4,
    read_uint8,
    read_unicodestring1,
    read_unicodestring4,
)
from typing import Any

from piston_core import MalformedBody
from piston_pickle.makers import maker_of


def read_pickle(body: bytes) -> Any:
    """Return what a pickle holds: plain data, but shared, in circles or with a type in it, as pickles may.

    Raises:
        MalformedBody: it is no pickle, or one that does more than plain data need.
    """
    machine = _Machine(body)
    try:
        return machine.run()
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise MalformedBody(f"The pickle is broken before byte {machine.file.tell()}.") from error


class _Machine:
    """The state of one reading: the file, the stack, what stands below each mark of it, and what is remembered."""

    def __init__(self, body: bytes) -> None:
        self.file = BytesIO(body)
        self.stack: list[Any] = []
        self.below: list[list[Any]] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> Any:
        """Follow the instructions to the last one, which leaves one value."""
        while (code := self.file.read(1)) != pickle.STOP:
            if code in _CONSTANTS:
                self.stack.append(_CONSTANTS[code](self.file))
            elif code in _STEPS:
                _STEPS[code](self)
            else:
                raise self._unknown(code)
        if self.file.read(1) or self.below:
            raise ValueError("the pickle goes on after its end")
        (data,) = self.stack
        return data

    def _unknown(self, code: bytes) -> MalformedBody:
        if not code:
            return MalformedBody("The pickle breaks off before its end.")
        at = self.file.tell() - 1
        return MalformedBody(f"The pickle has the instruction {code!r} at byte {at}, which plain data does not need.")

    def take(self, count: int) -> list[Any]:
        """Take values from the top of the stack."""
        values = self.stack[-count:]
        del self.stack[-count:]
        if len(values) < count:
            raise IndexError("the stack is empty")
        return values

    def top(self, kind: type) -> Any:
        """Return the list or dictionary on top of the stack."""
        if type(self.stack[-1]) is not kind:
            raise TypeError(f"the value on the stack is no {kind.__name__}")
        return self.stack[-1]

    def mark(self) -> None:
        """Begin a new stack on the old one."""
        self.below.append(self.stack)
        self.stack = []

    def marked(self) -> list[Any]:
        """Return to the stack below; what was on it is for the instruction."""
        values, self.stack = self.stack, self.below.pop()
        return values

    def append(self, values: list[Any]) -> None:
        """Append values to a list."""
        self.top(list).extend(values)

    def fill(self, items: list[Any]) -> None:
        """Put keys and values that take turns into a dictionary."""
        keys = items[::2]
        if not all(type(key) is str for key in keys):
            raise MalformedBody("A key in the pickle is not text.")
        self.top(dict).update(zip(keys, items[1::2], strict=True))

    def push(self, value: Any) -> None:
        """Put a value on the stack."""
        self.stack.append(value)

    def remember(self, number: int) -> None:
        """Give the value on top of the stack a number."""
        self.memo[number] = self.stack[-1]

    def name_type(self) -> None:
        """Replace a module's and a type's name by what makes values of the type."""
        self.push(maker_of(*self.take(2)))

    def make(self) -> None:
        """Replace a maker and its arguments by what it makes."""
        maker, arguments = self.take(2)
        if type(arguments) is not tuple:
            raise TypeError("the arguments are no tuple")
        self.push(maker(*arguments))  # nothing else on the stack can be called


def _read_type(file: BytesIO) -> Any:
    return maker_of(*(file.readline().removesuffix(b"\n").decode() for _ in range(2)))


def _unicode(text: str) -> str:
    """Return text that is Unicode; pickles may hold halves of characters."""
    text.encode()
    return text


_CONSTANTS: Mapping[bytes, Callable[[BytesIO], Any]] = {
    pickle.NONE: lambda _: None,
    pickle.NEWTRUE: lambda _: True,
    pickle.NEWFALSE: lambda _: False,
    pickle.BININT: read_int4,
    pickle.BININT1: read_uint1,
    pickle.BININT2: read_uint2,
    pickle.LONG1: read_long1,
    pickle.BINFLOAT: read_float8,
    pickle.BINUNICODE: lambda file: _unicode(read_unicodestring4(file)),
    pickle.SHORT_BINUNICODE: lambda file: _unicode(read_unicodestring1(file)),
    pickle.BINBYTES: read_bytes4,
    pickle.SHORT_BINBYTES: read_bytes1,
    pickle.EMPTY_LIST: lambda _: [],
    pickle.EMPTY_DICT: lambda _: {},
    pickle.EMPTY_TUPLE: lambda _: (),
    pickle.GLOBAL: _read_type,
}
_STEPS: Mapping[bytes, Callable[[_Machine], Any]] = {
    # Which protocol follows, and how much of it to read at once: the instructions themselves decide.
    pickle.PROTO: lambda machine: read_uint1(machine.file),
    pickle.FRAME: lambda machine: read_uint8(machine.file),
    pickle.MARK: _Machine.mark,
    pickle.APPEND: lambda machine: machine.append(machine.take(1)),
    pickle.APPENDS: lambda machine: machine.append(machine.marked()),
    pickle.SETITEM: lambda machine: machine.fill(machine.take(2)),
    pickle.SETITEMS: lambda machine: machine.fill(machine.marked()),
    pickle.TUPLE: lambda machine: machine.push(tuple(machine.marked())),
    pickle.TUPLE1: lambda machine: machine.push(tuple(machine.take(1))),
    pickle.TUPLE2: lambda machine: machine.push(tuple(machine.take(2))),
    pickle.TUPLE3: lambda machine: machine.push(tuple(machine.take(3))),
    pickle.BINPUT: lambda machine: machine.remember(read_uint1(machine.file)),
    pickle.LONG_BINPUT: lambda machine: machine.remember(read_uint4(machine.file)),
    pickle.MEMOIZE: lambda machine: machine.remember(len(machine.memo)),
    pickle.BINGET: lambda machine: machine.push(machine.memo[read_uint1(machine.file)]),
    pickle.LONG_BINGET: lambda machine: machine.push(machine.memo[read_uint4(machine.file)]),
    pickle.STACK_GLOBAL: _Machine.name_type,
    pickle.REDUCE: _Machine.make,
}
