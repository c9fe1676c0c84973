"""Your own rules, used in addition to the shipped rules."""

from __future__ import annotations

import functools
import os
import pathlib
from collections.abc import Mapping

from cloudtrail_cartographer._core import Rules

RuleFiles = Mapping[str, str]
"""Rule files: maps each path, relative to the rules folder (``iam/users.toml``), to the file's text."""


def read_rules(folder: str | os.PathLike[str]) -> RuleFiles:
    """Reads the rules in a folder. ``map_table`` and ``map_signals`` use them in addition to the shipped rules.

    Raises ``NotADirectoryError`` if there is no such folder.
    """
    root = pathlib.Path(folder)
    if not root.is_dir():
        raise NotADirectoryError(f"there is no rules folder {str(root)!r}")
    return {file.relative_to(root).as_posix(): file.read_text("utf-8") for file in sorted(root.rglob("*.toml"))}


def with_packs(files: RuleFiles | None) -> RuleFiles:
    """The files in the installed rule packs, and the given files, which replace any pack file with the same path.

    Call this in the driver program, not on cluster workers, where no packs are installed.
    """
    return {**Rules.installed(), **(files or {})}


def compiled(files: RuleFiles | None) -> Rules:
    """The rules, compiled once per process. Raises ``RuleError`` if the files contain errors."""
    return _compiled(tuple(sorted((files or {}).items())))


@functools.lru_cache(maxsize=4)
def _compiled(files: tuple[tuple[str, str], ...]) -> Rules:
    return Rules(dict(files))
