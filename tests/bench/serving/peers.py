"""The peers: tipg and pygeoapi on PostGIS, and nginx. Each has its own environment, and each is optional."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from . import queries
from .generate import COLUMNS, drafts, write_table
from .measure import Failed, Server, Unavailable, free_port
from .postgres import program, psql

NEEDS = {
    "tipg": ("tipg", "uvicorn", "uvloop", "httptools"),
    "pygeoapi": ("pygeoapi", "psycopg2-binary", "geoalchemy2", "starlette", "uvicorn", "uvloop", "httptools"),
}
_TABLE = """
CREATE EXTENSION postgis;
CREATE TABLE events (
  id text, title text, summary text, category text, date text, start_time timestamptz, end_time timestamptz,
  place text, country text, "precision" text, figures text, tags text, source_title text,
  source_publisher text, source_url text, geom geometry(MultiPoint, 4326));
"""
_INDEXES = """
ALTER TABLE events ADD PRIMARY KEY (id);
CREATE INDEX ON events USING gist (geom);
CREATE INDEX ON events (start_time);
CREATE INDEX ON events (country, start_time);
CREATE INDEX ON events (category, start_time);
VACUUM ANALYZE events;
"""


class Peer(NamedTuple):
    """A server to compare with, and the function that writes a query for it."""

    server: Server
    write: Callable[[queries.PageQuery], str]


def environment(name: str, folder: Path) -> Path:
    """Create a peer's virtual environment in the work folder if it is missing; return its bin folder."""
    folder_ = folder / name
    done = folder_ / ".installed"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder_)], check=True)
        command = [str(folder_ / "bin/python"), "-m", "pip", "install", "--quiet", *NEEDS[name]]
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except subprocess.CalledProcessError as error:
            raise Unavailable(f"{name} cannot be installed: {error.stderr[-300:]}") from None
        done.touch()
    return folder_ / "bin"


def version(bin_: Path, name: str) -> str:
    """Return the version of a package in an environment."""
    code = f"from importlib.metadata import version; print(version({name!r}))"
    return subprocess.run(
        [bin_ / "python", "-c", code], check=True, capture_output=True, text=True
    ).stdout.strip()


def fill(url: str, events: int) -> None:
    """Fill a database with the events, as one table for the peers."""
    psql(url, *filter(None, map(str.strip, _TABLE.split(";"))))
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    command = [program("psql"), "-X", "-q", url, "-c", f"COPY events ({names}) FROM STDIN CSV"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, encoding="utf-8")
    assert process.stdin is not None
    write_table(process.stdin, drafts(events))
    process.stdin.close()
    if process.wait():
        raise Failed("COPY into PostGIS failed")
    psql(url, *filter(None, map(str.strip, _INDEXES.split(";"))))


def size_of(url: str) -> int:
    """Return the bytes of the table with its indexes."""
    return int(psql(url, "SELECT pg_total_relation_size('events')"))


def tipg(url: str, folder: Path) -> Peer:
    """Start tipg with one worker."""
    bin_, port = environment("tipg", folder), free_port()
    env = {
        **os.environ,
        "DATABASE_URL": url,
        "TIPG_DB_TABLES": '["public.events"]',
        "TIPG_TABLE_CONFIG__public_events__DATETIMECOL": "start_time",
        "TIPG_TABLE_CONFIG__public_events__PK": "id",
        "TIPG_CATALOG_TTL": "86400",
    }
    command = [
        str(bin_ / "uvicorn"),
        "tipg.main:app",
        "--port",
        str(port),
        "--no-access-log",
        "--log-level",
        "error",
    ]
    server = Server("tipg", command, port, "/collections/public.events", env=env, cwd=folder)
    return Peer(server, queries.tipg)


_PYGEOAPI = """
server:
  bind: {{host: 127.0.0.1, port: {port}}}
  url: http://127.0.0.1:{port}
  mimetype: application/json; charset=UTF-8
  encoding: utf-8
  language: en-US
  pretty_print: false
  gzip: true
  limits: {{default_items: 100, max_items: 10000, on_exceed: throttle}}
  map: {{url: "/", attribution: none}}
logging: {{level: ERROR}}
metadata:
  identification: {{title: bench, description: bench, keywords: [bench], keywords_type: theme,
    terms_of_service: none, url: http://127.0.0.1}}
  license: {{name: none, url: http://127.0.0.1}}
  provider: {{name: bench, url: http://127.0.0.1}}
  contact: {{name: bench}}
resources:
  events:
    type: collection
    title: events
    description: events
    keywords: [events]
    links: []
    extents: {{spatial: {{bbox: [-180, -90, 180, 90], crs: "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}}}}
    providers:
      - type: feature
        name: PostgreSQL
        data: {{host: 127.0.0.1, port: {database}, dbname: postgres, user: bench, password: bench,
          search_path: [public]}}
        id_field: id
        table: events
        geom_field: geom
        time_field: start_time
"""


def pygeoapi(url: str, folder: Path) -> Peer:
    """Start pygeoapi with one worker, its Starlette application on uvicorn."""
    bin_, port = environment("pygeoapi", folder), free_port()
    config, openapi = folder / "pygeoapi.yml", folder / "pygeoapi-openapi.yml"
    database = url.rpartition(":")[2].partition("/")[0]
    config.write_text(_PYGEOAPI.format(port=port, database=database), "utf-8")
    env = {**os.environ, "PYGEOAPI_CONFIG": str(config), "PYGEOAPI_OPENAPI": str(openapi)}
    command = [str(bin_ / "pygeoapi"), "openapi", "generate", str(config), "--output-file", str(openapi)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"pygeoapi cannot describe itself: {(done.stderr + done.stdout)[-300:]}")
    app = "pygeoapi.starlette_app:APP"
    command = [str(bin_ / "uvicorn"), app, "--port", str(port), "--no-access-log", "--log-level", "error"]
    server = Server("pygeoapi", command, port, "/collections/events?f=json", env=env, cwd=folder)
    return Peer(server, queries.pygeoapi)


START = {"tipg": tipg, "pygeoapi": pygeoapi}


@contextmanager
def nginx(document: bytes) -> Iterator[Server]:
    """Run nginx with one worker that serves a document as `/page`."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise Unavailable("nginx is not installed (Debian's package nginx-light)")
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as folder, ExitStack() as stack:
        port, root = free_port(), Path(folder)
        (root / "page").write_bytes(document)
        user = "user root;" if os.geteuid() == 0 else ""
        (root / "nginx.conf").write_text(
            f"{user} daemon off; worker_processes 1; pid {root}/pid; error_log stderr crit;"
            " events { worker_connections 256; } http { access_log off; keepalive_requests 1000000000;"
            f" server {{ listen 127.0.0.1:{port}; root {root}; }} }}"
        )
        command = [program, "-p", folder, "-c", f"{root}/nginx.conf", "-e", "stderr"]
        server = Server("nginx", command, port, "/page")
        stack.callback(server.stop)
        yield server
