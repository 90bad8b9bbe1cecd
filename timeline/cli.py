"""The entry point of the command line: nothing is imported before it is known to be ours."""

import sys
from importlib import import_module

PACKAGES = ("geo", "db", "seeds", "timeline")


def main() -> None:
    """Run the command line, unless another distribution's package hides one of ours."""
    complaint = next(filter(None, map(hidden, PACKAGES)), None)
    if complaint:
        print(f"Error: {complaint}", file=sys.stderr)
        sys.exit(1)
    from timeline.commands import cli

    cli(prog_name="timeline")


def hidden(name: str) -> str | None:
    """Say in one sentence that a package of this name is somebody else's; None when it is Dateline's own."""
    try:
        module = import_module(name)
    except Exception:  # whatever somebody else's package does on import
        module = None
    if getattr(module, "DISTRIBUTION", None) == "dateline":
        return None
    where = getattr(module, "__file__", None) or "another place"
    return (
        f"the Python package {name!r} from {where} is not Dateline's and hides it; "
        "install Dateline in a virtual environment of its own."
    )


if __name__ == "__main__":
    main()
