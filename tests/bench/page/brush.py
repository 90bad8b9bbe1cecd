"""Time of scripts in each frame of a drag over the timeline, with all events in the browser."""

import json
import statistics
from bisect import bisect_right
from typing import Any

from playwright.sync_api import Browser

from .browser import drag, percentile, row, stage, visit

_SCRIPT = frozenset(("EventDispatch", "FireAnimationFrame", "RunMicrotasks", "TimerFire", "FunctionCall"))
_TASK = "ThreadControllerImpl::RunTask"
MIN_FRAME_MS = 0.5


def brush(browser: Browser, url: str, rounds: int) -> list[str]:
    """Drag several times, and return a table of the milliseconds of script in a frame."""
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
    """Return the milliseconds of script in each frame; nested events count once."""
    events: list[dict[str, Any]] = json.loads(trace)["traceEvents"]
    callbacks = [
        event for event in events if event.get("name") == "FireAnimationFrame" and event.get("ph") == "X"
    ]
    if not callbacks:
        return []
    threads = [(event["pid"], event["tid"]) for event in callbacks]
    main = max(set(threads), key=threads.count)
    spans = [event for event in events if event.get("ph") == "X" and (event["pid"], event["tid"]) == main]
    scripts = sorted((span for span in spans if span["name"] in _SCRIPT), key=lambda span: span["ts"])
    # The browser runs all callbacks of a frame in one task.
    tasks = sorted(span["ts"] for span in spans if span["name"] == _TASK)
    frames, until, last = [0.0], 0.0, 0
    for script in scripts:
        if script["ts"] < until:
            continue
        until = script["ts"] + script["dur"]
        if script["name"] == "FireAnimationFrame" and last != (task := bisect_right(tasks, script["ts"])):
            frames.append(0.0)
            last = task
        frames[-1] += script["dur"] / 1000
    # Frames without a move of the mouse take almost no time, and would lower the median.
    return [milliseconds for milliseconds in frames if milliseconds > MIN_FRAME_MS]
