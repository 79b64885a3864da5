"""Files from web servers, continued where an earlier attempt broke off."""

import hashlib
import re
import socket
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livecam.runtime.calling_off import called_off_by
from livecam.runtime.manifest import UrlSource, is_safe_url

if TYPE_CHECKING:
    import httpx

Progress = Callable[[str, int, int], None]
"""Called with what is being fetched, the bytes that are here, and the bytes there will be, 0 where
nobody knows; for each piece, and several times a second while nothing comes, from any thread. What
it raises ends the fetching: a `CalledOffError` where nobody wants it any more.
"""

_CHUNK = 1 << 18
_CONNECTING_S = 10
"""A server that takes longer to connect is given up: what is not yet there cannot be cut."""
_ATTEMPTS = 5
"""At most this often a server is asked for one file, and only while each time something came."""


class FetchError(Exception):
    """Why one source did not give its file, in words that can follow its name; the next may."""


def download(
    source: UrlSource, target: Path, *, size: int, progress: Progress, silence_s: float = 30
) -> str:
    """The SHA-256 of `target`, once it has at least as many bytes as the file at the address.

    What `target` has already is taken for the beginning of that file, and only the rest is asked
    for. Whether it was one, the hash tells; a wrong one asks for a start from nothing.

    Args:
        source: Where the file lies.
        target: File to write or continue; what came stays when the download fails.
        size: What the file must have, bytes.
        progress: Called for each piece.
        silence_s: How long the server may say nothing, s.

    Raises:
        FetchError: The server cannot be reached, refuses, falls silent, leads to an unsafe
            address, or sends something of another size.
        OSError: `target` cannot be written.
    """
    import httpx  # noqa: PLC0415 - slow to import, and rarely needed

    part = _Part(target, size, lambda done: progress(str(source), done, size))
    line = _Line()
    trusted = httpx.create_ssl_context()
    trusted.load_default_certs()
    fault, had = "", -1
    with (
        httpx.Client(
            follow_redirects=True,
            timeout=httpx.Timeout(silence_s, connect=min(silence_s, _CONNECTING_S)),
            verify=trusted,
            event_hooks={"request": [partial(_refuse_unsafe, source), line.follow]},
        ) as client,
        closing(line),
        called_off_by(part.report, cut=line.cut),
    ):
        for _ in range(_ATTEMPTS):
            if not had < part.length < size:
                break
            had = part.length
            fault = _continue(client, source.url, part)
    if part.length < size:
        raise FetchError(fault)
    return part.digest.hexdigest()


class _Part:
    """A file that is still growing, and the hash of what it has."""

    def __init__(self, path: Path, size: int, report: Callable[[int], None]) -> None:
        self.path, self.size, self._tell = path, size, report
        self.digest = hashlib.sha256()
        self.length = path.stat().st_size if path.is_file() else 0
        if self.length:
            with path.open("rb") as file:
                while piece := file.read(_CHUNK):
                    self.digest.update(piece)

    def report(self) -> None:
        """Tells how far it is."""
        self._tell(self.length)

    def restart(self) -> None:
        """Forgets what is there."""
        self.path.unlink()
        self.digest = hashlib.sha256()
        self.length = 0

    def take(self, response: "httpx.Response") -> None:
        """Appends what comes, up to the end or a fault."""
        told = self.length
        self.report()
        with self.path.open("ab", buffering=0) as file:  # what came is kept, come what may
            for piece in response.iter_raw():
                if self.length + len(piece) > self.size:
                    break
                file.write(piece)
                self.digest.update(piece)
                self.length += len(piece)
                if self.length - told >= _CHUNK or self.length == self.size:
                    told = self.length
                    self.report()
            else:
                return
        self.restart()
        raise FetchError(f"it sends more than the {self.size} bytes the file has")


class _Line:
    """The connection that is used, which another thread can cut.

    It is held by a second handle: while TLS shakes hands, httpx's own is in nobody's reach.
    """

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._is_cut = False

    def follow(self, request: "httpx.Request") -> None:
        """Called before each request."""
        if self._is_cut:
            raise FetchError("nobody waits for it any more")
        request.extensions["trace"] = self._note

    def cut(self) -> None:
        """Ends whatever waits for it, or would."""
        self._is_cut = True
        if self._socket is not None:
            with suppress(OSError):  # it has ended by itself
                self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Lets go of it."""
        if self._socket is not None:
            self._socket.close()

    def _note(self, event: str, about: dict[str, Any]) -> None:
        if event.endswith("connect_tcp.complete"):
            self.close()
            self._socket = about["return_value"].get_extra_info("socket").dup()
            if self._is_cut:
                self.cut()


def _continue(client: "httpx.Client", url: str, part: _Part) -> str:
    """Asks for what is missing; says how it ended."""
    import httpx  # noqa: PLC0415

    headers = {"Accept-Encoding": "identity"}
    if part.length:
        headers["Range"] = f"bytes={part.length}-"
    try:
        with client.stream("GET", url, headers=headers) as response:
            if part.length and _is_of_another_place(response, part):
                part.restart()
            else:
                _check(response, part)
                if part.length and response.status_code != HTTPStatus.PARTIAL_CONTENT:
                    part.restart()
                part.take(response)
                return f"it ended after {part.length} of {part.size} bytes"
    except httpx.HTTPError as error:
        return str(error) or f"the connection failed ({type(error).__name__})"
    return _continue(client, url, part)


def _is_of_another_place(response: "httpx.Response", part: _Part) -> bool:
    """Whether the server cannot continue there, or continues somewhere else."""
    if response.status_code == HTTPStatus.PARTIAL_CONTENT:
        wanted = rf"bytes {part.length}-\d+/({part.size}|\*)"
        return not re.fullmatch(wanted, response.headers.get("Content-Range", ""))
    return response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE


def _check(response: "httpx.Response", part: _Part) -> None:
    asked_for = (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT) if part.length else (HTTPStatus.OK,)
    if response.status_code not in asked_for:
        raise FetchError(f"HTTP {response.status_code} {response.reason_phrase}".rstrip())
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise FetchError("it compresses the file although asked not to")
    continued = part.length if response.status_code == HTTPStatus.PARTIAL_CONTENT else 0
    said = response.headers.get("Content-Length")
    if said is not None and said != str(part.size - continued):
        raise FetchError(f"it has a file of {int(said) + continued} bytes, not {part.size}")


def _refuse_unsafe(source: UrlSource, request: "httpx.Request") -> None:
    """Called before each request, those included that a redirect leads to."""
    begun_safely = source.url.startswith("https:")
    if not is_safe_url(str(request.url)) or (begun_safely and request.url.scheme != "https"):
        raise FetchError(f"it leads to an address that is not https: {request.url}")
