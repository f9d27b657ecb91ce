"""A real Orthanc on loopback ports, with a folder of its own, that can be stopped and started again."""

import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

PROGRAM = "Orthanc"
PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")


def missing() -> str:
    """What is not installed, by the name of its Debian package; empty where all is."""
    if shutil.which(PROGRAM) is None:
        return "Orthanc is not installed (Debian package orthanc)"
    return "" if PLUGIN.exists() else "Orthanc's DICOMweb plug-in is not installed (Debian orthanc-dicomweb)"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Orthanc:
    """A server that is started with :meth:`start`; ``title`` at ``move_port`` may ask for C-MOVE."""

    folder: Path
    http: int = field(default_factory=free_port)
    dicom: int = field(default_factory=free_port)
    move_port: int = field(default_factory=free_port)
    title: str = "HEMATOMA"
    _process: subprocess.Popen[bytes] | None = None

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.http}/dicom-web"

    @property
    def classic(self) -> str:
        return f"dicom://ORTHANC@127.0.0.1:{self.dicom}"

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = {
            "Name": "Test",
            "StorageDirectory": str(self.folder / "storage"),
            "IndexDirectory": str(self.folder / "storage"),
            "Plugins": [str(PLUGIN)],
            "HttpPort": self.http,
            "DicomPort": self.dicom,
            "DicomAet": "ORTHANC",
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False,
            "DicomModalities": {"us": [self.title, "127.0.0.1", self.move_port]},
            "DicomCheckCalledAet": True,
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
        }
        (self.folder / "orthanc.json").write_text(json.dumps(settings))
        with (self.folder / "log.txt").open("ab") as log:
            self._process = subprocess.Popen([PROGRAM, self.folder / "orthanc.json"], stdout=log, stderr=log)
        for _ in range(300):
            if self._process.poll() is not None:
                break
            try:
                self.ask("/system")
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
            else:
                return
        raise RuntimeError(f"Orthanc did not start: {(self.folder / 'log.txt').read_text()[-2000:]}")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def ask(self, path: str) -> object:
        """GET of Orthanc's own API, which the tests trust more than the protocols they test."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=10) as answer:
            return json.loads(answer.read())

    def clear(self) -> None:
        """Delete every study."""
        for study in self.ask("/studies"):
            url = f"http://127.0.0.1:{self.http}/studies/{study}"
            urllib.request.urlopen(urllib.request.Request(url, method="DELETE"), timeout=10).close()

    def series(self) -> list[dict[str, str]]:
        """Main tags of every series, with the UID of its study and its number of instances."""
        found = []
        for one in self.ask("/series?expand"):
            study = self.ask(f"/studies/{one['ParentStudy']}")["MainDicomTags"]["StudyInstanceUID"]
            found.append(one["MainDicomTags"] | {"study": study, "instances": len(one["Instances"])})
        return found
