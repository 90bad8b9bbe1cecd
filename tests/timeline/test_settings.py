"""The password of the database comes from a file, and no message shows it."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy.engine import make_url

from timeline.settings import Settings

URL = "postgresql://dateline@db-1:5432/dateline"


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    """Write a password with characters that a URL must escape."""
    path = tmp_path / "password"
    path.write_text("p@ss:w/rd%\n")
    return path


def test_the_password_of_the_file_is_in_the_address_and_not_in_the_setting(password_file: Path) -> None:
    settings = Settings(database_url=URL, database_password_file=password_file)
    assert make_url(settings.database_address).password == "p@ss:w/rd%"
    assert "ss:w" not in repr(settings)
    assert settings.database_url == URL


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///timeline.db",
        "postgresql://dateline:other@db-1/dateline",
        "postgresql:///dateline",
        "no address",
    ],
)
def test_the_file_changes_no_address_with_a_password_or_without_a_user(url: str, password_file: Path) -> None:
    assert Settings(database_url=url, database_password_file=password_file).database_address == url


def test_several_hosts_and_replicas_get_the_password(password_file: Path) -> None:
    settings = Settings(
        database_url="postgresql://dateline@db-1:5432,db-2:5433/dateline",
        replica_urls=f"{URL},postgresql://dateline@db-3/dateline",
        database_password_file=password_file,
    )
    assert make_url(settings.database_address).query["host"] == ("db-1:5432", "db-2:5433")
    addresses = (settings.database_address, *settings.replica_addresses)
    assert [make_url(address).password for address in addresses] == ["p@ss:w/rd%"] * 3


def test_a_new_password_is_read_without_a_restart(password_file: Path) -> None:
    settings = Settings(database_url=URL, database_password_file=password_file)
    password_file.write_text("second\n")
    assert make_url(settings.database_address).password == "second"


@pytest.mark.parametrize(
    ("content", "message"), [(None, "cannot be read: No such file"), ("", "is empty"), ("\n", "is empty")]
)
def test_a_file_without_a_password_is_refused(content: str | None, message: str, tmp_path: Path) -> None:
    path = tmp_path / "password"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ValidationError, match=message):
        Settings(database_password_file=path)
