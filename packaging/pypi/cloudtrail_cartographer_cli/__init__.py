"""Starts the `cartographer` program that this package contains."""

import os
import sys
from pathlib import Path

__version__ = "0.0.0"


def program() -> Path:
    """The path of the program."""
    name = "cartographer.exe" if os.name == "nt" else "cartographer"
    return Path(__file__).parent / "bin" / name


def main() -> None:
    """Replaces this process with the program."""
    arguments = [str(program()), *sys.argv[1:]]
    if os.name == "nt":
        # Windows has no exec: the program runs as a child process.
        import subprocess

        sys.exit(subprocess.run(arguments, check=False).returncode)
    os.execv(arguments[0], arguments)
