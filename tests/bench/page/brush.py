"""What a frame of brushing costs in script: a window dragged over the timeline, all events in the browser."""

import json
import statistics
from bisect import bisect_right
from typing import Any

from playwright.sync_api import Browser

from .browser import drag, percentile, row, stage, visit

_SCRIPT = frozenset(("EventDispatch", "FireAnimationFrame", "RunMicrotasks", "TimerFire", "FunctionCall"))
_TASK = "ThreadControllerImpl::RunTask"


def brush(browser: Browser, url: str, rounds: int) -> list[str]:
    """Drag several times; give a table of the frames' script in milliseconds."""
    frames: list[float] = []
    with visit(browser, url) as page:
        bars = stage(page)
        high = bars["y"] + 20
        for _ in range(rounds):
            browser.start_tracing(page=page, categories=["devtools.timeline", "toplevel"])
            start, end = (bars["x"] + bars["width"] * share for share in (0.3, 0.9))
            drag(page, (start, high), (end, high), 60, 0.016)
            page.mouse.up()
            page.wait_for_timeout(300)
            frames += _frames(browser.stop_tracing())
            page.get_by_role("link", name="All dates").click()
            page.wait_for_timeout(500)
    return [
        row("frames", "median", "p95", "target"),
        row("---:", "---:", "---:", "---:"),
        row(
            len(frames), f"{statistics.median(frames):.1f} ms", f"{percentile(frames, 0.95):.1f} ms", "12 ms"
        ),
    ]


def _frames(trace: bytes) -> list[float]:
    """Sum what scripts took from one frame's callbacks to the next one's; what is nested counts once."""

    events: list[dict[str, Any]] = json.loads(trace)["traceEvents"]
    fired = [one for one in events if one.get("name") == "FireAnimationFrame" and one.get("ph") == "X"]
    if not fired:
        return []
    threads = [(one["pid"], one["tid"]) for one in fired]
    main = max(set(threads), key=threads.count)
    own = sorted(
        (
            one
            for one in events
            if one.get("ph") == "X" and one["name"] in _SCRIPT and (one["pid"], one["tid"]) == main
        ),
        key=lambda one: one["ts"],
    )
    # All callbacks of one frame are run in one task.
    tasks = sorted(
        one["ts"]
        for one in events
        if one.get("ph") == "X" and one["name"] == _TASK and (one["pid"], one["tid"]) == main
    )
    frames, until, last = [0.0], 0.0, 0
    for one in own:
        if one["ts"] < until:
            continue
        until = one["ts"] + one["dur"]
        if one["name"] == "FireAnimationFrame" and last != (task := bisect_right(tasks, one["ts"])):
            frames.append(0.0)
            last = task
        frames[-1] += one["dur"] / 1000
    # A frame without a move of the hand costs next to nothing, and would flatter.
    return [each for each in frames if each > 0.5]
