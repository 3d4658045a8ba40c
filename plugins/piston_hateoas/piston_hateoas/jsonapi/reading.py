"""Read JSON (RFC 8259) and refuse what two readers could understand differently."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any, NoReturn

from piston_core import MalformedBody


def read(body: bytes, max_depth: int) -> Any:
    """Return the data of a JSON text.

    Raises:
        MalformedBody: it is not JSON, not Unicode, has a name twice in one object or a number that is out of range,
            or it is nested beyond the limit.
    """
    try:
        text = body.decode("utf-8-sig")  # a reader may ignore the mark (section 8.1)
        data = json.loads(
            text, object_pairs_hook=_once, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_whole
        )
        if "\\u" in text:
            json.dumps(data, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        raise MalformedBody(f"The JSON text is not UTF-8 at byte {error.start}.") from error
    except UnicodeEncodeError as error:
        raise MalformedBody(
            "A text in the JSON text is not Unicode: half of a surrogate pair stands alone."
        ) from error
    except json.JSONDecodeError as error:
        detail = f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        raise MalformedBody(detail) from error
    except ValueError as error:
        raise MalformedBody(f"The JSON text cannot be read: {error}.") from error
    except RecursionError:
        raise _too_deep(max_depth) from None
    if _is_deeper(data, max_depth):
        raise _too_deep(max_depth)
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {name[:40]!r} comes twice in one object")
        found[name] = value
    return found


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"the number {text[:40]} is too large")
    return value


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:  # Python's own limit, since the time for more digits grows with their square
        raise ValueError(f"the number {text[:40]}… has too many digits") from None


def _is_deeper(data: Any, most: int) -> bool:
    level = [data]
    for _ in range(most + 1):
        nested = [each for each in level if isinstance(each, dict | list)]
        if not nested:
            return False
        level = [item for each in nested for item in _items(each)]
    return True


def _items(data: Any) -> Any:
    return data.values() if isinstance(data, dict) else data


def _too_deep(most: int) -> MalformedBody:
    return MalformedBody(f"The JSON text is nested more than {most} levels deep.")
