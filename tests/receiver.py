"""A server for one stream, as a program: takes it in and keeps it in a file, packet by packet.

Usage: receiver.py URL FORMAT OPTIONS_AS_JSON FILE
"""

import json
import sys
from contextlib import suppress

import av

AT_ONCE = {"flush_packets": "1"}


def main(url: str, form: str, options: str, file: str) -> None:
    print("ready", flush=True)  # noqa: T201 - the test waits for it
    with (
        av.open(url, format=form or None, container_options=json.loads(options)) as source,
        av.open(file, "w", format="matroska", container_options=AT_ONCE) as kept,
    ):
        kept.metadata.update(source.metadata)
        streams = {s.index: kept.add_stream_from_template(s, opaque=True) for s in source.streams}
        with suppress(OSError):  # how some streams end
            for packet in source.demux():
                if packet.size and packet.pts is not None:
                    packet.stream = streams[packet.stream.index]
                    kept.mux_one(packet)


if __name__ == "__main__":
    main(*sys.argv[1:])
