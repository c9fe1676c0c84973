"""Custom rules, in addition to the shipped ones."""

from __future__ import annotations

import functools
import os
import pathlib
from collections.abc import Mapping

from cartographer._core import Rules

RuleFiles = Mapping[str, str]
"""Rule files: the path relative to their folder (``iam/users.toml``), and the text."""


def read_rules(folder: str | os.PathLike) -> RuleFiles:
    """Reads the rules in a folder, for ``map_table`` and ``map_signals``, which add them to the shipped rules.

    Raises ``NotADirectoryError`` if there is no such folder.
    """
    root = pathlib.Path(folder)
    if not root.is_dir():
        raise NotADirectoryError(f"there is no folder of rules {str(root)!r}")
    return {file.relative_to(root).as_posix(): file.read_text("utf-8") for file in sorted(root.rglob("*.toml"))}


def with_packs(files: RuleFiles | None) -> RuleFiles:
    """The files of the installed rule packs, and these, which replace those with the same path.

    Call it in the driver program, not on the workers of a cluster, which have no packs.
    """
    return {**Rules.installed(), **(files or {})}


def compiled(files: RuleFiles | None) -> Rules:
    """The compiled rules; compiled once per process. Raises ``RuleError``."""
    return _compiled(tuple(sorted((files or {}).items())))


@functools.lru_cache(maxsize=4)
def _compiled(files: tuple[tuple[str, str], ...]) -> Rules:
    return Rules(dict(files))
