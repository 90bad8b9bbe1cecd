"""The number of random examples of a property test: all in CI, two fifths in a run without the slow tests."""

import os

from hypothesis import settings


def examples(maximum: int) -> settings:
    """Return settings with this maximum of examples, or two fifths of it, and no time limit for an example."""
    return settings(
        max_examples=maximum * 2 // 5 if os.environ.get("DATELINE_QUICK") else maximum, deadline=None
    )
