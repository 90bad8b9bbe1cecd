"""Measure the page in headless Chromium, on running servers.

python -m tests.bench.page.run --load URL [--rounds 7]
python -m tests.bench.page.run --many URL [--against URL] [--rounds 5]
python -m tests.bench.page.run --brush events.db     # all of its events in the browser
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from ...server_process import free_port
from .browser import chromium
from .brush import brush
from .many import compare
from .weight import load

# The browser loads at most 20,000 events; the target is for 100,000.
_SERVE_WITHOUT_LIMIT = (
    "import db.columns.index, sys; db.columns.index.MAX_EVENTS = 10**9\n"
    "from timeline.cli import main; sys.argv = ['timeline', 'serve', '--port', sys.argv[1]]; main()"
)


@contextmanager
def _server_without_limit(database: Path) -> Iterator[str]:
    port = free_port()
    env = {**os.environ, "TIMELINE_DATABASE_URL": f"sqlite:///{database.resolve()}"}
    process = subprocess.Popen([sys.executable, "-c", _SERVE_WITHOUT_LIMIT, str(port)], env=env)
    try:
        url = f"http://127.0.0.1:{port}"
        with httpx.Client(transport=httpx.HTTPTransport(retries=8), timeout=60) as client:
            client.get(f"{url}/health")
        yield url
    finally:
        process.terminate()
        process.wait(20)


def main() -> None:
    """Run the measurements of the command line, and print their tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--load", metavar="URL")
    parser.add_argument("--many", metavar="URL")
    parser.add_argument("--against", metavar="URL")
    parser.add_argument("--brush", metavar="DATABASE", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with chromium() as browser:
        if arguments.load:
            print(*load(browser, arguments.load, arguments.rounds), sep="\n")
        if arguments.many:
            servers = {"before": arguments.against} if arguments.against else {}
            print(*compare(browser, {**servers, "now": arguments.many}, arguments.rounds), sep="\n")
        if arguments.brush:
            with _server_without_limit(arguments.brush) as url:
                print(*brush(browser, url, arguments.rounds), sep="\n")


if __name__ == "__main__":
    main()
