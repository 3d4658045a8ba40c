"""Install a distribution into a folder as pip would, without an index and without touching the environment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile


def install(project: Path, folder: Path) -> None:
    """Build a project's wheel with its own back end, in this environment, and unpack it into a folder."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=project, capture_output=True, check=True)
    [wheel] = folder.glob("*.whl")
    with ZipFile(wheel) as archive:
        archive.extractall(folder)
    wheel.unlink()
