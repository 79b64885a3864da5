"""Files from web servers."""

from collections.abc import Callable
from pathlib import Path

import httpx

from livecam.runtime.manifest import UrlSource, is_safe_url

Progress = Callable[[str, int, int], None]
"""Called with what is being fetched, the bytes that are here, and the bytes there will be."""

_CHUNK = 1 << 18


class FetchError(Exception):
    """Why one source did not give its file, in words that can follow its name; the next may."""


def download(
    source: UrlSource, target: Path, *, size: int, progress: Progress, silence_s: float = 30
) -> None:
    """Writes the file at the source's address to `target`.

    Args:
        source: Where the file lies.
        target: File to write; left incomplete when the download fails.
        size: What the file must have, bytes.
        progress: Called for each piece.
        silence_s: How long the server may say nothing, s.

    Raises:
        FetchError: The server cannot be reached, refuses, falls silent, or sends another size.
        OSError: `target` cannot be written.
    """
    trusted = httpx.create_ssl_context()
    trusted.load_default_certs()
    try:
        with (
            httpx.Client(follow_redirects=True, timeout=silence_s, verify=trusted) as client,
            client.stream("GET", source.url, headers={"Accept-Encoding": "identity"}) as response,
        ):
            _check(response)
            _write(response, target, size=size, report=lambda n: progress(str(source), n, size))
    except httpx.HTTPError as error:
        raise FetchError(_said(error)) from error


def _check(response: httpx.Response) -> None:
    if response.is_error:
        raise FetchError(f"HTTP {response.status_code} {response.reason_phrase}".rstrip())
    if not is_safe_url(str(response.url)):
        raise FetchError(f"it leads to an address that is not https: {response.url}")


def _write(
    response: httpx.Response, target: Path, *, size: int, report: Callable[[int], None]
) -> None:
    done = 0
    report(done)
    with target.open("wb") as file:
        for piece in response.iter_bytes(_CHUNK):
            file.write(piece)
            done += len(piece)
            if done > size:
                raise FetchError(f"it sends more than the {size} bytes the file has")
            report(done)
    if done < size:
        raise FetchError(f"it ended after {done} of {size} bytes")


def _said(error: httpx.HTTPError) -> str:
    return str(error) or f"the connection failed ({type(error).__name__})"
