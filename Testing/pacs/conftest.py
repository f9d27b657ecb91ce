"""A PACS for the tests."""

from collections.abc import Iterator

import pytest

from Testing.pacs.orthanc import Orthanc, missing


@pytest.fixture(scope="session")
def shared_orthanc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    """One server for the tests that only add to it."""
    reason = missing()
    if reason:
        pytest.skip(reason)
    server = Orthanc(tmp_path_factory.mktemp("orthanc"))
    server.start()
    yield server
    server.stop()
