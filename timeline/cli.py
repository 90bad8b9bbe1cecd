"""The entry point of the command line. It checks first that no other distribution hides our packages."""

import sys
from importlib import import_module

PACKAGES = ("geo", "db", "seeds", "timeline")


def main() -> None:
    """Run the command line; exit with status 1 if a package of another distribution hides one of ours."""
    complaint = next(filter(None, map(hidden, PACKAGES)), None)
    if complaint:
        print(f"Error: {complaint}", file=sys.stderr)
        sys.exit(1)
    from timeline.commands import cli

    cli(prog_name="timeline")


def hidden(name: str) -> str | None:
    """Return an error message if the package of this name belongs to another distribution; None if it is ours."""
    try:
        module = import_module(name)
    except Exception:  # a package of another distribution may raise anything on import
        module = None
    if getattr(module, "DISTRIBUTION", None) == "dateline":
        return None
    path = getattr(module, "__file__", None) or "another folder"
    return (
        f"the Python package {name!r} from {path} is not Dateline's and hides it; "
        "install Dateline in a separate virtual environment."
    )


if __name__ == "__main__":
    main()
