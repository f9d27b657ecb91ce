"""One verified download over https. No other file of the library opens a network connection."""

import hashlib
import ssl
import urllib.request
from email.message import Message
from http.client import HTTPException
from pathlib import Path
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from .errors import ModelError
from .files import written_whole
from .progress import Progress

_CHUNK_BYTES = 1 << 16
_TIMEOUT_S = 30.0
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class _CheckedRedirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to an address that the first request could have had."""

    def __init__(self, loopback_http: bool) -> None:
        self._loopback_http = loopback_http

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        _require_allowed(newurl, self._loopback_http)
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def download(
    url: str,
    path: Path,
    sha256: str,
    size_bytes: int,
    progress: Progress,
    *,
    loopback_http: bool = False,
) -> None:
    """Download a file of known size and hash to ``path``.

    What arrives is written under a temporary name beside ``path``, and renamed only when its size and SHA-256
    are right, so a broken or wrong download leaves nothing and a file that was there stays. Certificates are
    checked.

    Args:
        url: https address.
        path: where the file goes; its folder is made.
        sha256: expected SHA-256, lower-case hexadecimal.
        size_bytes: expected size; no more than this is ever read.
        progress: told the fraction that has arrived; may cancel.
        loopback_http: also allow plain http to this same machine, for tests with a local server.

    Raises:
        ModelError: when the address is not allowed, the server cannot be reached, or another file came.
        OutputError: when the folder cannot be written.
        Cancelled: when the user asked to stop.
    """
    _require_allowed(url, loopback_http)
    opener = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=ssl.create_default_context()), _CheckedRedirects(loopback_http)
    )
    with written_whole(path) as temporary:
        digest = hashlib.sha256()
        received = 0
        try:
            with opener.open(url, timeout=_TIMEOUT_S) as response, temporary.open("wb") as stream:
                while chunk := response.read(min(_CHUNK_BYTES, size_bytes + 1 - received)):
                    received += len(chunk)
                    if received > size_bytes:
                        raise ModelError(f"{url} is larger than the expected {size_bytes} bytes")
                    stream.write(chunk)
                    digest.update(chunk)
                    progress(received / size_bytes, f"{received / 1e6:.1f} of {size_bytes / 1e6:.1f} MB")
        except HTTPError as error:
            raise ModelError(f"{url} answered {error.code} {error.reason}") from error
        except URLError as error:
            raise ModelError(f"{url} cannot be reached ({error.reason})") from error
        except (OSError, HTTPException) as error:
            raise ModelError(f"{url} broke off after {received} of {size_bytes} bytes ({error})") from error
        if received < size_bytes:
            raise ModelError(f"{url} broke off after {received} of {size_bytes} bytes")
        if digest.hexdigest() != sha256:
            raise ModelError(f"{url} has SHA-256 {digest.hexdigest()}, expected {sha256}")


def _require_allowed(url: str, loopback_http: bool) -> None:
    parts = urlsplit(url)
    if parts.scheme == "https":
        return
    if loopback_http and parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return
    raise ModelError(f"{url}: only https addresses are downloaded from")
