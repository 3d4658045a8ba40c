"""Files that change between two processes which read them."""

from __future__ import annotations

import os
from pathlib import Path


def rewrite(file: Path, text: str) -> None:
    """Write a file that a process may have imported just now.

    Python tells by the second and the length whether its bytecode is that of the text, so each text has a second.
    """
    before = file.stat().st_mtime if file.exists() else 0
    file.write_text(text, encoding="utf-8")
    changed = max(file.stat().st_mtime, before + 1)
    os.utime(file, (changed, changed))
