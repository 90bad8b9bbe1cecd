"""`encoding` of an import is the name of an encoding of text files, over HTTP and on the command line."""

from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from hostile.server_watch import Target

from timeline.commands import cli

CODECS = (
    "undefined", "idna", "base64", "rot13", "mbcs", "oem", "punycode", "unicode_escape", "raw_unicode_escape",
    "charmap", "hex", "zip", "bz2", "uu", "quopri", "aliases", "x" * 5_000, "../../etc/passwd", "é",
)  # fmt: skip


@pytest.mark.parametrize("codec", CODECS)
def test_a_codec_that_is_no_text_encoding_is_refused(target: Target, codec: str) -> None:
    response = httpx.post(
        f"{target.url}/imports",
        params={"name": "events.csv", "encoding": codec},
        content=b"title,category\nA,raid\n",
        headers=target.headers("editor"),
    )
    assert response.status_code == 400, response.text
    assert response.json()["parameter"] == "encoding"


@pytest.mark.parametrize("codec", ["undefined", "idna", "rot13", "unicode_escape"])
def test_the_command_line_refuses_it_too(tmp_path: Path, codec: str) -> None:
    file = tmp_path / "events.csv"
    file.write_text("title,category\nA,raid\n")
    result = CliRunner().invoke(cli, ["import", str(file), "--encoding", codec, "--dry-run"])
    assert result.exit_code == 2, result.output
    assert "is not an encoding" in result.output
