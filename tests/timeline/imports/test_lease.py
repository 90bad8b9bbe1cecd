"""The lease of an import: held by a living process and its copies of the descriptor, free in all other cases."""

import os
import subprocess
import sys
from pathlib import Path

from timeline.imports import lease


def test_a_folder_without_a_lease_has_no_process(tmp_path: Path) -> None:
    assert not lease.is_held(tmp_path)
    (tmp_path / "lease").touch()
    assert not lease.is_held(tmp_path)


def test_a_lease_is_held_until_its_descriptor_is_closed(tmp_path: Path) -> None:
    descriptor = lease.take(tmp_path)
    assert lease.is_held(tmp_path)
    assert lease.is_held(tmp_path)  # asking does not take it
    os.close(descriptor)
    assert not lease.is_held(tmp_path)


def test_a_process_that_inherits_a_lease_holds_it_until_it_is_killed(tmp_path: Path) -> None:
    descriptor = lease.take(tmp_path)
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], pass_fds=(descriptor,))
    os.close(descriptor)
    assert lease.is_held(tmp_path)
    process.kill()
    process.wait()
    assert not lease.is_held(tmp_path)
