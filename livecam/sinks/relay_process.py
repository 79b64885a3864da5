"""The program that `livecam.sinks.relay` starts: passes packets on to a network address.

It is run by its path, so it imports nothing of livecam and starts quickly. It reads a line of JSON
(see `Job`), then packets, each behind a `HEAD`, until its input ends. It says on its output, in
lines of JSON, that it is `open`, or what the `error` was.
"""

import base64
import faulthandler
import io
import json
import logging
import os
import struct
import sys
from collections import deque
from fractions import Fraction
from typing import Any, BinaryIO, NoReturn, TypedDict

import av

HEAD = struct.Struct("<IB?qqq")
"""Of a packet: size, stream, whether it is a key frame, pts, dts, duration."""
STALLED = 1
"""The exit code when something lasted too long: `faulthandler`'s own."""
_FAILED = 2
_STARTING_S = 30.0


class Job(TypedDict):
    """What is to be relayed, and where to."""

    url: str
    format: str
    """FFmpeg's name of the container."""
    options: dict[str, str]
    """For the container."""
    metadata: dict[str, str]
    header: str
    """A container (NUT, base64) with the streams, and a packet of each."""
    time_bases: list[tuple[int, int]]
    """Of each stream's packets, s."""
    stall_s: float
    """The server may let it wait this long."""


class _Complaints(logging.Handler):
    """The last things FFmpeg said."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[str] = deque(maxlen=3)

    def emit(self, record: logging.LogRecord) -> None:
        line = f"{record.name.removeprefix('libav.')}: {record.getMessage().strip()}"
        if line not in self.lines:
            self.lines.append(line)


class _Limit:
    """A context that ends the process when it lasts too long.

    FFmpeg waits for the network with the GIL held, and without a time limit; the watchdog of
    `faulthandler` needs no GIL.
    """

    def __init__(self, seconds: float, silence: BinaryIO) -> None:
        self._seconds = seconds
        self._silence = silence

    def __enter__(self) -> None:
        faulthandler.dump_traceback_later(self._seconds, exit=True, file=self._silence.fileno())

    def __exit__(self, *exception: object) -> None:
        faulthandler.cancel_dump_traceback_later()


def relay(pipe: BinaryIO, silence: BinaryIO) -> None:
    """Does the job that `pipe` asks for, and comes back when `pipe` ends.

    Raises:
        av.FFmpegError: The server refuses, or has gone.
    """
    with _Limit(_STARTING_S, silence):
        job: Job = json.loads(pipe.readline())
    limit = _Limit(job["stall_s"], silence)
    output: Any = av.open(job["url"], "w", format=job["format"], container_options=job["options"])
    with av.open(io.BytesIO(base64.b64decode(job["header"])), format="nut") as header:
        output.metadata.update(job["metadata"])
        streams = [output.add_stream_from_template(s, opaque=True) for s in header.streams]
    av.logging.set_level(av.logging.ERROR)
    with limit:
        output.start_encoding()
    _say(open=True)
    time_bases = [Fraction(*time_base) for time_base in job["time_bases"]]
    while len(head := pipe.read(HEAD.size)) == HEAD.size:
        size, index, is_keyframe, pts, dts, duration = HEAD.unpack(head)
        packet = av.Packet(pipe.read(size))
        packet.stream, packet.time_base = streams[index], time_bases[index]
        packet.pts, packet.dts, packet.duration = pts, dts, duration
        packet.is_keyframe = is_keyframe
        with limit:
            output.mux_one(packet)
    with limit:
        output.close()


def _say(**words: object) -> None:
    print(json.dumps(words), flush=True)  # noqa: T201 - the other process reads it


def main() -> NoReturn:
    """Relays, and says what went wrong."""
    complaints = _Complaints()
    logging.getLogger("libav").addHandler(complaints)
    logging.getLogger("libav").propagate = False
    code = 0
    with open(os.devnull, "wb") as silence:  # noqa: PTH123 - no Path in so small a program
        try:
            relay(sys.stdin.buffer, silence)
        except (av.FFmpegError, OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            _say(error=reason, said=list(complaints.lines))
            code = _FAILED
        # A failed output is not closed: it would try to say goodbye to a server that is gone.
        os._exit(code)


if __name__ == "__main__":
    main()
