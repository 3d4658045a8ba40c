"""The settings: one dictionary ``PISTON``, read into one frozen record, refused where it is wrong.

A misspelt key must never pass for a default: ``AUTHENTICATOR`` without its S would leave an API
open. So an unknown key is an error everywhere, and ``manage.py check`` says which was meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")


class SettingsError(ImproperlyConfigured):
    """``PISTON`` in the settings holds something that Piston cannot follow."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``PISTON`` says; each attribute is a key in lower case.

    Attributes:
        plugins: the enabled plugins in their order, or ``None`` for every installed one by name.
        default_emitter: the emitter for a client that takes anything, or ``None`` for the first.
        emitters: the emitters that resources use, in this order, or ``None`` for all enabled.
        authenticators: the authenticators of resources that name none themselves.
        throttles: the throttles of resources that name none themselves.
        permissions: the permissions of resources and handlers that say nothing of it themselves.
        options: each plugin's own options by the plugin's name.
        max_upload_size: the largest multipart body in bytes, files included.
        max_query_size: the longest query string in bytes.
        max_field_size: the longest header field, of those that Piston reads, in bytes.
        proxies: how many proxies of the project's own add to ``X-Forwarded-For``; 0 if it is not to be trusted.
        problem_types: what the URIs of problem types begin with, ``""`` for the API's own pages.
    """

    plugins: tuple[str, ...] | None = None
    default_emitter: str | None = None
    emitters: tuple[str, ...] | None = None
    authenticators: tuple[str, ...] = ()
    throttles: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    max_upload_size: int = 25 * 1024 * 1024
    max_query_size: int = 8 * 1024
    max_field_size: int = 8 * 1024
    proxies: int = 0
    problem_types: str = ""


def read_settings() -> Settings:
    """Return the current settings.

    Raises:
        SettingsError: a key is unknown or a value is of the wrong kind.
    """
    raw = getattr(django_settings, "PISTON", {})
    if not isinstance(raw, Mapping):
        raise SettingsError(f"PISTON in the settings is {raw!r}; it has to be a dictionary.")
    refuse_unknown("PISTON", raw, (known.name.upper() for known in fields(Settings)))
    return Settings(**{key.lower(): _READERS[key](key, value) for key, value in raw.items()})


def plugin_options(plugin: str, schema: type[T]) -> T:
    """Return a plugin's options from ``PISTON["OPTIONS"][plugin]`` as an instance of ``schema``.

    Args:
        plugin: the plugin's name.
        schema: a dataclass with a default for every option.

    Raises:
        SettingsError: an option that the dataclass does not have, or a value that it refuses.
    """
    place = f'PISTON["OPTIONS"]["{plugin}"]'
    raw = read_settings().options.get(plugin, {})
    refuse_unknown(place, raw, (known.name for known in fields(schema)))  # type: ignore[arg-type]  # T is a dataclass by contract
    try:
        return schema(**raw)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"{place} is not usable: {error}") from error


def refuse_unknown(place: str, given: Iterable[str], known: Iterable[str], what: str = "key") -> None:
    """Raise ``SettingsError`` for the first name in ``given`` that is not in ``known``."""
    names = list(known)
    for name in given:
        if name not in names:
            close = get_close_matches(str(name), names, n=1, cutoff=0.5)
            meant = f"did you mean {close[0]!r}?" if close else f"known are: {', '.join(sorted(names)) or 'none'}."
            raise SettingsError(f"{place} has the unknown {what} {name!r}; {meant}")


def _names(key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        raise SettingsError(f'PISTON["{key}"] is {value!r}; it has to be a list of names, such as ["json"].')
    return tuple(value)


def _optional_names(key: str, value: Any) -> tuple[str, ...] | None:
    return None if value is None else _names(key, value)


def _optional_name(key: str, value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise SettingsError(f'PISTON["{key}"] is {value!r}; it has to be a name, such as "json".')
    return value


def _number(key: str, value: Any, *, of: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise SettingsError(f'PISTON["{key}"] is {value!r}; it has to be a number{of}.')
    return value


_size = partial(_number, of=" of bytes")
_count = partial(_number, of=", such as 1")


def _address(key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise SettingsError(f'PISTON["{key}"] is {value!r}; it has to be what URIs begin with, ending in "/" or "#".')
    return value


def _options(key: str, value: Any) -> Mapping[str, Mapping[str, Any]]:
    if not isinstance(value, Mapping) or not all(isinstance(options, Mapping) for options in value.values()):
        raise SettingsError(f'PISTON["{key}"] has to be a dictionary with one dictionary for each plugin.')
    return MappingProxyType({name: MappingProxyType(dict(options)) for name, options in value.items()})


_READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "PLUGINS": _optional_names,
    "DEFAULT_EMITTER": _optional_name,
    "EMITTERS": _optional_names,
    "AUTHENTICATORS": _names,
    "THROTTLES": _names,
    "PERMISSIONS": _names,
    "OPTIONS": _options,
    "MAX_UPLOAD_SIZE": _size,
    "MAX_QUERY_SIZE": _size,
    "MAX_FIELD_SIZE": _size,
    "PROXIES": _count,
    "PROBLEM_TYPES": _address,
}
