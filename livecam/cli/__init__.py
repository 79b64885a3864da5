"""The command line: the only package that prints, asks and exits.

Commands import the rooms they need when they run, so that `--help` answers at once.
"""

from livecam.cli.app import main

__all__ = ["main"]
