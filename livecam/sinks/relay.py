"""Packets into the network, in a process of their own.

FFmpeg connects, writes headers and says goodbye with Python's global lock held (PyAV 18.1), and no
time limit reaches an output. A dead server would stop every thread of livecam, the virtual camera
among them, for minutes. So the network is another process's, which may be stopped at any time.
"""

import base64
import io
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream as MediaStream

from livecam.errors import SinkError
from livecam.media.messages import in_words
from livecam.sinks import relay_process
from livecam.sinks.relay_process import HEAD, STALLED, Job

STALL_S = 4.0
"""A server that takes nothing for so long is given up."""
_FLAGS = (
    subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW  # type: ignore[attr-defined,unused-ignore]  # Windows only
    if sys.platform == "win32"
    else 0
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where packets go, and in what."""

    url: str
    shown: str
    """The address as it may be shown: without keys and passwords."""
    container: str
    """FFmpeg's name of the format."""
    options: Mapping[str, str]
    """For the container."""
    hint: str
    """What to do when it fails."""


class Declaration:
    """A container in memory that only says what streams there are."""

    def __init__(self) -> None:
        self._file = io.BytesIO()
        self.container: OutputContainer = av.open(self._file, "w", format="nut")

    def finished(self, streams: Sequence[MediaStream]) -> bytes:
        """The whole container, with one empty packet of each of its `streams`."""
        for stream in streams:
            packet: Packet[MediaStream] = Packet(b"\0")
            packet.stream, packet.pts, packet.dts, packet.is_keyframe = stream, 0, 0, True
            packet.time_base = Fraction(1, 1000)
            self.container.mux_one(packet)
        self.container.close()
        return self._file.getvalue()


class Relay:
    """The other process while it runs."""

    def __init__(self, address: Address) -> None:
        self._address = address
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", relay_process.__file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # Ctrl-C is for livecam, which then ends the stream in order.
                start_new_session=True,
                creationflags=_FLAGS,
            )
        except OSError as e:
            raise SinkError(
                f"no process can be started to send to {address.shown}: {e.strerror}",
                hint="Close other programs and try again.",
            ) from e
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout

    def begin(
        self, header: bytes, time_bases: Sequence[Fraction], metadata: Mapping[str, str]
    ) -> None:
        """Connects to the server; returns once it has agreed.

        Raises:
            SinkError: It does not answer in time, or refuses.
        """
        job = Job(
            url=self._address.url,
            format=self._address.container,
            options=dict(self._address.options),
            metadata=dict(metadata),
            header=base64.b64encode(header).decode(),
            time_bases=[(base.numerator, base.denominator) for base in time_bases],
            stall_s=STALL_S,
        )
        try:
            self._input.write(json.dumps(job).encode() + b"\n")
            self._input.flush()
        except OSError as e:
            raise self._failure(self._answer()) from e
        answer = self._answer()
        if not answer.get("open"):
            raise self._failure(answer)

    def write(self, packet: "Packet[MediaStream]") -> None:
        """Hands `packet` on; waits while the network is slow, `STALL_S` at most.

        Raises:
            SinkError: The server has gone.
        """
        data = bytes(packet)
        pts, dts = packet.pts or 0, packet.dts if packet.dts is not None else packet.pts or 0
        head = HEAD.pack(
            len(data), packet.stream.index, packet.is_keyframe, pts, dts, packet.duration or 0
        )
        try:
            self._input.write(head + data)
            self._input.flush()
        except OSError as e:
            raise self._failure(self._answer()) from e

    def finish(self) -> None:
        """Ends the stream in order.

        Raises:
            SinkError: The server did not take the end.
        """
        try:
            self._input.close()
        except OSError as e:
            raise self._failure(self._answer()) from e
        if self._process.wait() != 0:
            raise self._failure(self._answer())

    def close(self) -> None:
        """Ends the process, whatever it does; after `finish` it has ended already."""
        self._process.kill()
        self._process.wait()
        with suppress(OSError):  # closing flushes what nobody reads any more
            self._input.close()
        self._output.close()

    def _answer(self) -> dict[str, Any]:
        """What the process says next; nothing, if it ends without a word."""
        line = self._output.readline()
        return dict(json.loads(line)) if line else {}

    def _failure(self, answer: Mapping[str, Any]) -> SinkError:
        """Why the process gave up, as it said itself or, by saying nothing, means."""
        shown = self._address.shown
        if "error" in answer:
            reason = in_words(answer["error"], answer["said"]).replace(self._address.url, shown)
        elif (code := self._process.wait()) == STALLED:
            reason = f"it does not answer, for {STALL_S:g} s"
        else:
            reason = f"the process that sends ended with code {code}"
        return SinkError(f"cannot stream to {shown}: {reason}", hint=self._address.hint)


@contextmanager
def relayed(address: Address) -> Iterator[Relay]:
    """A context with a running process, which has ended when it is left.

    Raises:
        SinkError: It cannot be started.
    """
    relay = Relay(address)
    try:
        yield relay
    finally:
        relay.close()
