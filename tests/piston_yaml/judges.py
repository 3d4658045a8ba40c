"""The readers that judge what is written: of YAML 1.1 in C and in Python, and of YAML 1.2."""

from __future__ import annotations

from typing import Any

import yaml
from ruamel.yaml import YAML

END = b"...\n"


def read_by_all(body: bytes) -> Any:
    """Return what all readers read in a whole document, which has to be the very same."""
    assert body.endswith(b"\n" + END)
    found = {
        "PyYAML in C": yaml.load(body, Loader=yaml.CSafeLoader),
        "PyYAML": yaml.load(body, Loader=yaml.SafeLoader),
        "ruamel.yaml": YAML(typ="safe", pure=True).load(body),
    }
    spelt = {name: repr(data) for name, data in found.items()}  # repr: 1, 1.0 and True are not the same
    assert len(set(spelt.values())) == 1, spelt
    return found["PyYAML"]
