"""Copies fonts and libraries for the pages from exact npm releases: `python -m timeline.web.vendor`."""

import hashlib
import json
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).parent / "static" / "vendor"
HASHES = VENDOR / "HASHES.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One npm release: the files to copy from it with their names here, and the folder that they go into."""

    name: str
    version: str
    folder: str
    files: dict[str, str]


def _font(name: str, version: str) -> Package:
    subsets = {
        f"files/{name}-{subset}-wght-normal.woff2": f"{name}-{subset}.woff2"
        for subset in ("latin", "latin-ext")
    }
    package = f"@fontsource-variable/{name}"
    return Package(name=package, version=version, folder=name, files={**subsets, "LICENSE": "LICENSE"})


def _script(name: str, version: str) -> Package:
    file = f"{name}.min.js"
    return Package(
        name=name, version=version, folder=name, files={f"dist/{file}": file, "LICENSE": "LICENSE"}
    )


PACKAGES = (
    _font("source-sans-3", "5.3.0"),
    _font("source-serif-4", "5.3.1"),
    # The same fonts, complete and as TrueType, for the pictures that the server draws.
    Package(
        name="source-sans",
        version="3.52.0",
        folder="source-sans-ttf",
        files={
            "TTF/SourceSans3-Regular.ttf": "SourceSans3-Regular.ttf",
            "TTF/SourceSans3-Semibold.ttf": "SourceSans3-Semibold.ttf",
            "LICENSE.md": "LICENSE.md",
        },
    ),
    Package(
        name="source-serif",
        version="4.5.1",
        folder="source-serif-ttf",
        files={
            "TTF/SourceSerif4-Semibold.ttf": "SourceSerif4-Semibold.ttf",
            "LICENSE.md": "LICENSE.md",
        },
    ),
    Package(
        name="@expo-google-fonts/noto-sans-arabic",
        version="0.4.3",
        folder="noto-sans-arabic-ttf",
        files={
            "400Regular/NotoSansArabic_400Regular.ttf": "NotoSansArabic-Regular.ttf",
            "600SemiBold/NotoSansArabic_600SemiBold.ttf": "NotoSansArabic-SemiBold.ttf",
            "LICENSE_FONT": "LICENSE",
        },
    ),
    # The library loads its worker from its own folder, which bundling would prevent.
    Package(
        name="maplibre-gl",
        version="6.17.0",
        folder="maplibre-gl",
        files={
            "dist/maplibre-gl.mjs": "maplibre-gl.mjs",
            "dist/maplibre-gl-worker.mjs": "maplibre-gl-worker.mjs",
            "dist/maplibre-gl.css": "maplibre-gl.css",
            "LICENSE.txt": "LICENSE.txt",
        },
    ),
    # Three scripts for the map without WebGL. Loaded in this order they define `d3` and `topojson`. Their modules
    # would import each other by bare names, which a browser cannot resolve without a bundler.
    _script("d3-array", "3.2.5"),
    _script("d3-geo", "3.1.2"),
    _script("topojson-client", "3.1.0"),
    Package(
        name="world-atlas",
        version="2.0.2",
        folder="world-atlas",
        files={"countries-110m.json": "countries-110m.json", "LICENSE": "LICENSE"},
    ),
    Package(
        name="swagger-ui-dist",
        version="5.35.0",
        folder="swagger-ui",
        files={
            name: name
            for name in (
                "swagger-ui.css",
                "swagger-ui-bundle.js",
                "swagger-ui-bundle.js.LICENSE.txt",
                "LICENSE",
                "NOTICE",
            )
        },
    ),
)


def hashes() -> dict[str, str]:
    """Return the SHA-256 of each vendored file, by its path under the vendor folder."""
    files = sorted(path for path in VENDOR.rglob("*") if path.is_file() and path != HASHES)
    return {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def fetch(package: Package, scratch: Path) -> None:
    """Unpack one release in the folder `scratch` and copy its files into the vendor folder.

    Raises CalledProcessError if npm cannot fetch it, KeyError if a file is missing from it.
    """
    command = ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    npm = subprocess.run(command, cwd=scratch, check=True, capture_output=True, text=True)  # noqa: S603 - the arguments are constants of this file
    archive = npm.stdout.split()[-1]
    folder = VENDOR / package.folder
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(scratch / archive) as bundle:
        for source, target in package.files.items():
            member = bundle.extractfile(f"package/{source}")
            if member is None:
                raise KeyError(source)
            (folder / target).write_bytes(member.read())


def main() -> None:
    """Fetch every package and write the hashes that the tests check."""
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            fetch(package, Path(folder))
    versions = {package.name: package.version for package in PACKAGES}
    HASHES.write_text(
        json.dumps({"packages": versions, "sha256": hashes()}, indent=2) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
