"""Content-Disposition of downloads: any name, in one line of ASCII, that no file system misunderstands."""

from urllib.parse import unquote

import pytest

from timeline.api.http.attachment import MAX_NAME_BYTES, attachment


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("events.csv", 'attachment; filename="events.csv"'),
        ('a"b\\c/d.csv', 'attachment; filename="a_b_c_d.csv"'),
        ("a\r\nSet-Cookie: b.csv", 'attachment; filename="a__Set-Cookie_ b.csv"'),
        ("\ud800.csv", 'attachment; filename="_.csv"'),
        ("\u202evsc.exe", 'attachment; filename="_vsc.exe"'),
        ("...", 'attachment; filename="download"'),
        ("été.csv", "attachment; filename=\"ete.csv\"; filename*=UTF-8''%C3%A9t%C3%A9.csv"),
        ("日.csv", "attachment; filename=\"_.csv\"; filename*=UTF-8''%E6%97%A5.csv"),
    ],
)
def test_a_name_is_sent_so_that_every_client_can_save_it(name: str, value: str) -> None:
    assert attachment(name) == value


@pytest.mark.parametrize("name", ["я" * 300 + ".csv", "x" * 300, "x." + "я" * 300])
def test_a_long_name_is_cut_before_its_suffix(name: str) -> None:
    header = attachment(name)
    saved = unquote(header.partition("UTF-8''")[2]) or header.partition('"')[2].rstrip('"')
    assert len(saved.encode()) <= MAX_NAME_BYTES
    assert saved.endswith(name[-4:])
