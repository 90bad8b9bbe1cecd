"""The benchmark of imports runs from end to end."""

import sys

import pytest

from bench.imports import run


@pytest.mark.slow
def test_every_import_is_measured_and_one_is_killed_and_run_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["run", "--rows", "600"])
    run.main()
    *table, _, last = capsys.readouterr().out.splitlines()
    for kind, rows in (("coordinates", 600), ("names", 200), ("many names", 200)):
        for status in ("draft", "published"):
            (line,) = [line for line in table if line.startswith(f"| {kind} | {rows} | {status} | now |")]
            speed, memory = line.strip("| ").split(" | ")[-2:]
            assert float(speed.replace(",", "")) > 1
            assert float(memory) > 10
    assert "600" in last
