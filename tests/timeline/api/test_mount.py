"""The application mounted in others: every address has the prefix, the host's guards apply, nothing is left behind."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar, asgi, get
from litestar.config.compression import CompressionConfig
from litestar.connection import ASGIConnection
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.testing import TestClient
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from db.store import Store
from timeline.app import create_app, serve_app
from timeline.plugin import DatelinePlugin
from timeline.settings import Settings
from timeline.web.render import ASSETS

ITEM = "/collections/events/items/ndrangheta-action-day"
HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def settings(seeded: str) -> Settings:
    return Settings(database_url=seeded, allowed_hosts=("localhost",))


@get("/mapper/{name:str}", sync_to_thread=False)
def neighbour(name: FromPath[str]) -> str:
    return name


def _litestar(settings: Settings) -> Any:
    app = create_app(settings)
    mounted = asgi("/desk/map", is_mount=True, copy_scope=True)(app)
    return TestClient(
        Litestar([mounted, neighbour], openapi_config=None, compression_config=CompressionConfig("gzip"))
    )


def _plugin(settings: Settings) -> Any:
    return TestClient(
        Litestar([neighbour], plugins=[DatelinePlugin(settings, "/desk/map")], openapi_config=None)
    )


def _starlette(settings: Settings) -> Any:
    hello = Route("/", lambda _: PlainTextResponse("desk"))
    return TestClient(Starlette(routes=[Mount("/desk/map", app=create_app(settings)), hello]))


def _nested(settings: Settings) -> Any:
    inner = Mount("/desk", routes=[Mount("/map", app=create_app(settings))])
    return TestClient(Starlette(routes=[inner]))


@pytest.fixture(params=[_litestar, _plugin, _starlette, _nested], scope="module")
def host(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Any]:
    with request.param(settings) as client:
        yield client


def _addresses(html: str) -> list[str]:
    addresses = re.findall(r'(?:href|src|action|data-url)="([^"#]+)"', html)
    return [
        address for address in addresses if not address.startswith(("https://", "http://www.opengis.net/"))
    ]


@pytest.mark.parametrize(
    "path", ["", "/", "/?country=NL", "/embed?lang=ar&theme=dark", ITEM, "/docs", "/collections"]
)
def test_every_address_in_a_page_is_under_the_prefix(host: Any, path: str) -> None:
    response = host.get(f"/desk/map{path}", headers=HTML)
    assert response.status_code == 200
    base = str(response.url).split("/desk")[0]
    for address in _addresses(response.text):
        assert address.removeprefix(base).startswith(("/desk/map/", "/desk/map?")), address


@pytest.mark.parametrize("path", ["/", "/embed", ITEM])
def test_every_asset_of_a_page_exists(host: Any, path: str) -> None:
    page = host.get(f"/desk/map{path}", headers=HTML).text
    assets = [each for each in _addresses(page) if ASSETS in each]
    assert assets
    assert {host.get(asset).status_code for asset in assets} == {200}


@pytest.mark.parametrize(
    "path", ["/", "/collections", "/events?limit=1", ITEM, "/tiles.json", "/collections/events"]
)
def test_every_link_of_a_document_is_under_the_prefix_and_works(host: Any, path: str) -> None:
    document = host.get(f"/desk/map{path}", headers={"accept": "application/json"})
    base = str(document.url).split("/desk")[0]
    links = [link["href"] for link in document.json().get("links", [])] + document.json().get("tiles", [])
    assert links
    for link in links:
        assert link.startswith(f"{base}/desk/map/")
        assert host.get(link.format(z=0, x=0, y=0)).status_code == 200, link


def test_the_filter_is_read_and_an_unknown_parameter_is_a_problem(host: Any) -> None:
    assert host.get("/desk/map/events/summary?country=NL").json()["matched"] > 0
    response = host.get("/desk/map/events?countri=NL")
    assert (response.status_code, response.json()["nearest"]) == (400, "country")
    assert response.headers["content-type"] == "application/problem+json"


def test_an_unknown_address_under_the_prefix_is_a_problem(host: Any) -> None:
    assert host.get("/desk/map/nothing").json()["status"] == 404


def test_head_is_answered_and_types_are_not_sniffed(host: Any) -> None:
    response = host.head("/desk/map/events")
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_response_is_compressed_once(host: Any) -> None:
    response = host.get("/desk/map/events", headers={"accept-encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert response.json()["numberMatched"] > 0


def test_oembed_recognises_an_address_by_its_prefix(host: Any) -> None:
    base = str(host.get("/desk/map/health").url).split("/desk")[0]
    response = host.get("/desk/map/oembed", params={"url": f"{base}/desk/map/?country=NL"}).json()
    assert f'src="{base}/desk/map/embed?country=NL"' in response["html"]
    assert host.get("/desk/map/oembed", params={"url": f"{base}/other/"}).status_code == 404


def test_the_form_leads_back_under_the_prefix(host: Any) -> None:
    response = host.get("/desk/map/?start=2020-01-01&end=&q=", headers=HTML, follow_redirects=False)
    assert response.headers["location"] == "/desk/map/?datetime=2020-01-01/.."


def test_the_hosts_guards_decide(settings: Settings) -> None:
    def members_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        if connection.headers.get("x-member") != "yes":
            raise PermissionDeniedException

    plugin = DatelinePlugin(settings, path="/map", guards=[members_only])
    with TestClient(Litestar([neighbour], plugins=[plugin])) as client:
        assert client.get("/map/events").status_code == 403
        assert client.get("/map").status_code == 403
        assert client.get("/map/events", headers={"x-member": "yes"}).status_code == 200


def test_addresses_of_the_host_are_unaffected(settings: Settings) -> None:
    with TestClient(Litestar([neighbour], plugins=[DatelinePlugin(settings, path="/map")])) as client:
        assert client.get("/mapper/anna").text == "anna"
        assert client.get("/maps").status_code == 404
        assert client.get("/map").json()["links"]


@pytest.mark.parametrize("path", ["map", "/map/{id}", "/a b"])
def test_a_malformed_mount_path_is_refused(settings: Settings, path: str) -> None:
    with pytest.raises(ValueError, match="plain path"):
        DatelinePlugin(settings, path=path)


def test_two_instances_can_be_mounted(settings: Settings) -> None:
    plugins = [DatelinePlugin(settings, path="/a"), DatelinePlugin(settings, path="/b")]
    with TestClient(Litestar(plugins=plugins)) as client:
        for root in ("/a", "/b"):
            assert f'"{root}{ASSETS}/site.css"' in client.get(root, headers=HTML).text


@pytest.mark.parametrize(
    "path", ["//desk/map/", "//desk//map/", "//evil.example/", "//evil.example/desk/map/"]
)
def test_an_address_with_two_slashes_makes_no_link_to_another_host(host: Any, path: str) -> None:
    page = host.get(f"http://testserver.local{path}", headers=HTML).text
    assert not re.search(r'(?:href|src|action)="//', page)


def test_hosts_are_checked_when_served_and_left_to_the_host_when_mounted(settings: Settings) -> None:
    with TestClient(serve_app(settings)) as client:
        assert client.get("/events").status_code == 400
    with TestClient(create_app(settings)) as client:
        assert client.get("/events").status_code == 200
        assert client.get("/events", headers={"host": "a@evil.example"}).status_code == 400


def test_a_prefix_may_equal_an_address_of_the_api(settings: Settings) -> None:
    app = Starlette(routes=[Mount("/events", app=create_app(settings))])
    with TestClient(app) as client:
        assert client.get("/events/events/summary").json()["matched"] > 0
        assert (
            client.get("/events/events?limit=1").json()["links"][0]["href"].endswith("/events/events?limit=1")
        )


def test_the_database_is_closed_with_the_host(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Store] = []
    close = Store.close
    monkeypatch.setattr(Store, "close", lambda store: (closed.append(store), close(store))[1])
    with TestClient(Litestar(plugins=[DatelinePlugin(settings)])) as client:
        client.get("/map/events")
        assert not closed
    assert len(closed) == 1


def test_a_stream_is_compressed_once_and_complete(host: Any) -> None:
    path = "/desk/map/events.geojsonl"
    plain = host.get(path, headers={"accept-encoding": "identity"})
    compressed = host.get(path, headers={"accept-encoding": "gzip"})
    assert compressed.headers["content-encoding"] == "gzip"
    assert compressed.text == plain.text
