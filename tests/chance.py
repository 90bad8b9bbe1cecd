"""How many random examples a property is tried with: all of them in CI, a part where the suite is to be quick."""

import os

from hypothesis import settings

QUICK = "DATELINE_QUICK"  # set by conftest.py for a run without the slow tests


def examples(most: int) -> settings:
    """Try so many examples, two fifths of them in a quick run; a database may take as long as it takes."""
    return settings(max_examples=most * 2 // 5 if os.environ.get(QUICK) else most, deadline=None)
