"""ONNX files without their weights: half a gigabyte need not be in memory to see a graph.

An ONNX file is one protobuf message. `OnnxFile` walks its fields, skips the numbers of large
weights where they lie, and parses the rest; `write` makes a changed file by copying the weights
over, byte for byte. What is refused here is what could make a runtime read other files.
"""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError, Message

from livecam.errors import ModelError

_GRAPH, _INITIALIZER = 7, 5
"""Numbers of ModelProto.graph and GraphProto.initializer."""
_NUMBERS = {4, 5, 6, 7, 9, 10, 11}
"""Fields of TensorProto that hold its numbers: those of each type, and raw_data."""
_SMALL = 1024
"""Bytes up to which numbers are kept: shapes and scales, which shape inference needs."""
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class _Field:
    """Where a field of a message lies: tag, then content."""

    number: int
    start: int
    content: int
    end: int


class OnnxFile:
    """An ONNX file: its graph in memory, its weights on the disk.

    Args:
        path: The file.

    Raises:
        ModelError: The file is damaged or no ONNX file, or would make a runtime read other files.
        OSError: It cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._initializers: list[_Field] = []
        try:
            self.model = self._parsed()
        except DecodeError as error:
            raise ModelError(
                f"The model {path} is not an ONNX file, or is damaged: {error}.",
                hint="Take another copy of the file; `livecam models pull` fetches those it knows.",
            ) from error
        self._refuse_other_files()

    def weights(self, place: int) -> onnx.TensorProto:
        """One initializer with its numbers, by its place among those of the file.

        Raises:
            OSError: The file cannot be read.
        """
        field, tensor = self._initializers[place], onnx.TensorProto()
        with self.path.open("rb") as file:
            file.seek(field.content)
            tensor.MergeFromString(file.read(field.end - field.content))
        return tensor

    def write(self, target: Path) -> None:
        """Writes the file with `model` as it is now; its initializers stay those of the file.

        Raises:
            OSError: `target` cannot be written.
        """
        rest, graph = onnx.ModelProto(), onnx.GraphProto()
        rest.CopyFrom(self.model)
        graph.CopyFrom(rest.graph)
        rest.ClearField("graph")
        graph.ClearField("initializer")
        head = graph.SerializeToString(deterministic=True)
        length = len(head) + sum(field.end - field.start for field in self._initializers)
        with self.path.open("rb") as source, target.open("wb") as file:
            file.write(rest.SerializeToString(deterministic=True))
            file.write(_varint(_GRAPH << 3 | 2) + _varint(length) + head)
            for field in self._initializers:
                source.seek(field.start)
                for start in range(field.start, field.end, _CHUNK):
                    file.write(source.read(min(_CHUNK, field.end - start)))

    def _parsed(self) -> onnx.ModelProto:
        if self.path.stat().st_size == 0:
            raise DecodeError("it is empty")
        with (
            self.path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            rest, graph = bytearray(), bytearray()
            for field in _fields(data, 0, len(data)):
                if field.number == _GRAPH:
                    graph += self._graph_without_weights(data, field)
                else:
                    rest += data[field.start : field.end]
        model = onnx.ModelProto()
        model.MergeFromString(bytes(rest))
        model.graph.MergeFromString(bytes(graph))
        if not model.graph.output:
            raise DecodeError("it has no graph")
        return model

    def _graph_without_weights(self, data: mmap.mmap, graph: _Field) -> bytearray:
        kept = bytearray()
        for field in _fields(data, graph.content, graph.end):
            if field.number != _INITIALIZER:
                kept += data[field.start : field.end]
                continue
            self._initializers.append(field)
            tensor = b"".join(
                data[part.start : part.end]
                for part in _fields(data, field.content, field.end)
                if part.number not in _NUMBERS or part.end - part.content <= _SMALL
            )
            kept += _varint(_INITIALIZER << 3 | 2) + _varint(len(tensor)) + tensor
        return kept

    def _refuse_other_files(self) -> None:
        for part in _parts(self.model):
            if isinstance(part, onnx.TensorProto) and part.data_location == part.EXTERNAL:
                places = (entry.value for entry in part.external_data if entry.key == "location")
                what = f"keeps its weights in another file, '{next(places, '')}'"
            elif isinstance(part, onnx.NodeProto) and part.op_type == "EPContext":
                what = "holds code compiled for one machine (EPContext)"
            else:
                continue
            raise ModelError(
                f"The model {self.path} {what}; livecam reads nothing but the model's own file.",
                hint="Take one that is a plain ONNX file, or save this one as such with onnx.save.",
            )


def _parts(message: Message) -> Iterator[Message]:
    """`message` and every message in it, subgraphs and functions included."""
    yield message
    for _, value in message.ListFields():
        if isinstance(value, Message):
            yield from _parts(value)
        elif not isinstance(value, str | bytes | int | float) and isinstance(value[0], Message):
            for each in value:
                yield from _parts(each)


def _fields(data: mmap.mmap, start: int, end: int) -> Iterator[_Field]:
    """The fields of the message that lies from `start` to `end`.

    Raises:
        DecodeError: There is no message.
    """
    place = start
    while place < end:
        tag, content = _read_varint(data, place, end)
        kind = tag & 7
        if kind == 0:
            _, finish = _read_varint(data, content, end)
        elif kind == 2:
            length, content = _read_varint(data, content, end)
            finish = content + length
        elif kind in (1, 5):
            finish = content + (8 if kind == 1 else 4)
        else:
            raise DecodeError(f"there is no field at byte {place}")
        if tag >> 32:  # parsers differ in what they take it for
            raise DecodeError(f"there is no field of such a number at byte {place}")
        if finish > end:
            raise DecodeError(f"it ends within a field, at byte {end}")
        yield _Field(tag >> 3, place, content, finish)
        place = finish


def _read_varint(data: mmap.mmap, place: int, end: int) -> tuple[int, int]:
    """A number of variable length, and where it ends."""
    value = 0
    for shift in range(0, 70, 7):
        if place >= end:
            break
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
    raise DecodeError(f"it ends within a number, at byte {place}")


def _varint(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*written, value])
