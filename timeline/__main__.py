"""Let `python -m timeline` do what `timeline` does."""

from timeline.cli import main

main()
