"""Addresses that no file, event or tile can have are answered with 404, without a traceback in the log."""

from urllib.parse import quote

import httpx
import pytest
from hostile.server_watch import Target

NAMES = (
    "%00", "a%00.js", "a" * 5_000, "/".join(["a"] * 2_000), "%2e%2e/%2e%2e/etc/passwd", "..%2fsettings.py", "%ff%fe",
    "%ed%a0%80", "%0d%0aX-A:1", "%5c%5chost%5cshare", "app", "app/", "app/page/types.js/x", "%e2%80%ae", "~root",
    "nul", "%25%30%30", quote("é" * 600),
)  # fmt: skip
FOLDERS = (
    "/static", "/assets", "/basemap", "/basemap/0/0/0", "/docs", "/events", "/collections/events/items", "/tiles/0/0",
    "/embed", "/imports", "/review/events", "/fonts",
)  # fmt: skip


@pytest.mark.parametrize("folder", FOLDERS)
def test_an_address_that_nothing_can_have_is_not_found(target: Target, folder: str) -> None:
    with httpx.Client() as client:
        for name in NAMES:
            response = client.get(f"{target.url}{folder}/{name}")
            assert response.status_code in (400, 401, 404, 405), (folder, name[:40], response.text[:200])
    assert not target.failures()


@pytest.mark.parametrize("name", ["%00", "a%00.js", "a" * 5_000, "app/page/types.js/x", "app"])
def test_static_files_that_cannot_exist_are_404(target: Target, name: str) -> None:
    response = httpx.get(f"{target.url}/static/{name}")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("id_", ["%ff", "a%ed%a0%80", "%c3"])
def test_an_id_that_is_not_utf8_is_refused(target: Target, id_: str) -> None:
    headers = target.headers("admin") | {"If-None-Match": "*", "Content-Type": "application/json"}
    for method in ("GET", "PUT"):
        response = httpx.request(
            method, f"{target.url}/collections/events/items/{id_}", headers=headers, content=b'{"title": "x"}'
        )
        assert response.status_code == 400, response.text
        assert "UTF-8" in response.json()["detail"]


@pytest.mark.parametrize(("port", "status"), [("65535", 200), ("65536", 400), ("99999", 400)])
def test_a_port_that_cannot_exist_is_no_host(target: Target, port: str, status: int) -> None:
    response = httpx.get(f"{target.url}/categories", headers={"Host": f"127.0.0.1:{port}"})
    assert response.status_code == status
