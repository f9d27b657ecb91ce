"""The download, against a real server on this machine."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from HematomaExpansionLib.download import download
from HematomaExpansionLib.errors import Cancelled, ModelError
from HematomaExpansionLib.progress import Progress

BODY = bytes(range(256)) * 1000
SHA256 = hashlib.sha256(BODY).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/absent":
            self.send_error(404)
        elif self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "http://192.0.2.1/file")
            self.end_headers()
        elif self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/file")
            self.end_headers()
        else:
            self.send_response(200)
            # "/cut" promises the whole and closes the connection half way.
            self.send_header("Content-Length", str(len(BODY) - 1 if self.path == "/short" else len(BODY)))
            self.end_headers()
            end = {"/cut": len(BODY) // 2, "/short": len(BODY) - 1}.get(self.path, len(BODY))
            self.wfile.write(BODY[:end])

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output quiet."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def _fetch(url: str, path: Path, sha256: str = SHA256, size: int = len(BODY), **options: Progress) -> None:
    download(url, path, sha256, size, options.get("progress", Progress()), loopback_http=True)


@pytest.mark.parametrize("page", ["/file", "/moved"])
def test_the_file_arrives_whole_in_a_new_folder(server: str, page: str, tmp_path: Path) -> None:
    fractions: list[float] = []
    path = tmp_path / "new" / "model.pt"
    progress = Progress(report=lambda stage, fraction, message: fractions.append(fraction))
    _fetch(server + page, path, progress=progress)
    assert path.read_bytes() == BODY
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert [entry.name for entry in path.parent.iterdir()] == ["model.pt"]


@pytest.mark.parametrize(
    ("page", "sha256", "size", "message"),
    [
        ("/file", "0" * 64, len(BODY), f"has SHA-256 {SHA256}, expected 0000"),
        ("/cut", SHA256, len(BODY), "broke off after 128000 of 256000 bytes"),
        ("/short", SHA256, len(BODY), "broke off after 255999 of 256000 bytes"),
        ("/file", SHA256, len(BODY) - 1, "larger than the expected 255999 bytes"),
        ("/absent", SHA256, len(BODY), "answered 404"),
        ("/elsewhere", SHA256, len(BODY), r"http://192\.0\.2\.1/file: only https"),
    ],
)
def test_a_wrong_or_broken_download_leaves_what_was_there(
    server: str, page: str, sha256: str, size: int, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(b"before")
    with pytest.raises(ModelError, match=message):
        _fetch(server + page, path, sha256, size)
    assert path.read_bytes() == b"before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.pt"]


def test_cancelling_leaves_nothing(server: str, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        _fetch(server + "/file", tmp_path / "model.pt", progress=Progress(cancelled=lambda: True))
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_named(server: str, tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as unused:
        port = unused.server_port
    with pytest.raises(ModelError, match=f"http://127.0.0.1:{port}/file cannot be reached"):
        _fetch(f"http://127.0.0.1:{port}/file", tmp_path / "model.pt")


@pytest.mark.parametrize("url", ["http://127.0.0.1/file", "file:///etc/hostname", "ftp://127.0.0.1/file"])
def test_only_https_is_downloaded_from(url: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="only https"):
        download(url, tmp_path / "file", SHA256, len(BODY), Progress())


def test_plain_http_is_never_allowed_to_another_machine(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="only https"):
        _fetch("http://192.0.2.1/file", tmp_path / "file")
