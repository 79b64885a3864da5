"""`livecam live`: a camera in, another face out."""

from livecam.cli.live.command import EXAMPLES, live

__all__ = ["EXAMPLES", "live"]
