"""A wrong address of a database is explained in one line, without its password."""

import pytest

from db.engines import backend_of, connect
from db.engines.addresses import one_host, without_password
from db.errors import StoreUnavailable

pytest.importorskip("psycopg")


@pytest.mark.parametrize(
    "address",
    [
        "postgresql//editor:se,cret@host/events",
        "postgresql://editor:se,cret@127.0.0.1:port/events",
        "postgresql://editor:secret@a:5432,b:port/events",
        "postgresql://editor:secret@127.0.0.1:1/events?nonsense=1",
        "postgresql://editor:secret@127.0.0.1:1/events?connect_timeout=soon",
        "postgresql://editor:se,cret@127.0.0.1:1/events",
        "postgresql://editor:secret@127.0.0.1:1,127.0.0.1:2/events",
    ],
)
def test_a_wrong_address_is_one_line_without_the_password(address: str) -> None:
    with pytest.raises(StoreUnavailable) as raised:
        _connect(address)
    assert "\n" not in str(raised.value)
    assert "cret" not in str(raised.value)


def _connect(address: str) -> None:
    engine = connect(address, 10)
    with backend_of(engine).guarded(engine), engine.connect():
        pass


def test_a_comma_in_a_password_does_not_separate_hosts() -> None:
    address = "postgresql://editor:se,cret@host/events"
    assert one_host(address) == address
    assert one_host("postgresql://editor:se,cret@a,b:2/events") == (
        "postgresql://editor:se,cret@/events?host=a&host=b:2"
    )


def test_no_part_of_a_password_is_shown() -> None:
    assert without_password("postgresql://editor:s@c:r/et@host/events") == "postgresql://editor@host/events"
    assert without_password("postgresql://host/events?password=secret&port=1") == (
        "postgresql://host/events?password=...&port=1"
    )
