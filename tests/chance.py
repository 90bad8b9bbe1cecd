"""How many random examples a property is tried with: all of them in CI, a part where conftest.py sees a quick run."""

import os

from hypothesis import settings


def examples(most: int) -> settings:
    """Try so many examples, or two fifths of them; a database may take as long as it takes."""
    return settings(max_examples=most * 2 // 5 if os.environ.get("DATELINE_QUICK") else most, deadline=None)
