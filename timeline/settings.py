"""The settings: one frozen value, read from the environment or a .env file at the start and passed on."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from db.engines.addresses import one_host
from geo.choice import SURE_CONFIDENCE
from timeline.web.content_security import ancestor
from timeline.web.page_model import DEFAULT_DESCRIPTION

_List = Annotated[tuple[str, ...], NoDecode]
_Paths = Annotated[tuple[Path, ...], NoDecode]


def _first_line(path: Path) -> str:
    """Return the first line of a file; raise ValueError if there is none."""
    try:
        line = path.read_text("utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ValueError(f"{str(path)!r} cannot be read: {reason}") from None
    if not line:
        raise ValueError(f"{str(path)!r} is empty; expected a file whose first line is the password")
    return line


class Settings(BaseSettings):
    """Everything that an operator can configure; a field is read from `TIMELINE_` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix="TIMELINE_", env_file=".env", env_file_encoding="utf-8", frozen=True, extra="ignore"
    )

    database_url: str = Field(
        "sqlite:///timeline.db",
        description="where the events are stored: sqlite:///file or postgresql://user@host/database",
    )
    replica_urls: _List = Field(
        (),
        description="addresses of replicas of a PostgreSQL database that may answer readers, comma-separated",
    )
    database_connections: int = Field(
        60, ge=4, description="connections that a worker opens at most to each database server"
    )
    database_password_file: Path | None = Field(
        None,
        description="file with the password of the database and its replicas, instead of in their addresses",
    )
    title: str = Field("Dateline", description="name of the site, on the page and in the API")
    description: str = Field(DEFAULT_DESCRIPTION, description="one line about the site")
    lang: str = Field("en", description="language of dates, labels and names if a request names none")
    base_url: str | None = Field(
        None, description="public address for links, such as https://events.example.org/map"
    )
    allowed_hosts: _List = Field(
        ("localhost", "127.0.0.1", "[::1]"),
        description="accepted Host headers, comma-separated; * for any; *.example.org for subdomains",
    )
    frame_ancestors: _List = Field(
        ("*",), description="who may frame /embed, comma-separated: *, self, none, https://*.example.org"
    )
    trusted_proxies: _List = Field(
        (), description="addresses of proxies whose Forwarded and X-Forwarded-* headers are trusted"
    )
    geocoder: str = Field(
        "gazetteer", description="gazetteer (offline), nominatim, photon, pelias, geonames, opencage"
    )
    geocoder_url: str | None = Field(None, description="address of your own geocoding service")
    geocoder_key: str | None = Field(
        None, description="API key or user name of a geocoding service", repr=False
    )
    gazetteer: Path | None = Field(
        None, description="path of the compiled gazetteer; by default in the cache folder"
    )
    geocoder_delay: float | None = Field(
        None,
        ge=0,
        description="seconds between two requests to that service; by default what its policy requires",
    )
    geocoder_timeout: float = Field(
        10.0, gt=0, description="seconds after which that service counts as down and the gazetteer is used"
    )
    geocoder_user_agent: str | None = Field(
        None, description="User-Agent of requests to that service, such as example.org (desk@example.org)"
    )
    geocoder_days: int = Field(180, ge=0, description="days for which answers of that service are stored")
    overlay: _Paths = Field(
        (), description="CSV files with places of your own, comma-separated, added to the gazetteer"
    )
    review_below: float = Field(
        SURE_CONFIDENCE, ge=0, le=1, description="confidence below which a place is marked for review"
    )
    basemap: Path | None = Field(
        None, description="a PMTiles file of your own, such as one of a city, drawn over the world map"
    )
    basemap_style: str | None = Field(
        None, description="address of a MapLibre style of your own, instead of the built-in map"
    )
    basemap_hosts: _List = Field(
        (),
        description="further hosts from which your style loads, comma-separated; its own host is always allowed",
    )
    basemap_attribution: str | None = Field(
        None, description="attribution of that file or style, such as © OpenStreetMap contributors"
    )
    basemap_borders: Literal["both", "un", "facto"] = Field(
        "both",
        description="disputed borders: both sides' dashed, as the United Nations (un), or as ruled (facto)",
    )
    read_timeout: float = Field(10.0, gt=0, description="seconds after which a slow read ends with 503")
    uploads: Path | None = Field(
        None,
        description="folder of this machine for the files of imports over HTTP; by default next to the database file",
    )
    host_name: str | None = Field(
        None,
        min_length=1,
        description="name of this machine among those that share a database; by default the system's",
    )
    import_memory: int = Field(
        3_072,
        gt=0,
        description="MB of address space that an import over HTTP may use, in each of its processes",
    )
    import_cpu_seconds: int = Field(
        3_600, gt=0, description="seconds of CPU time that each of its processes may use"
    )
    cache_seconds: int = Field(
        10, ge=0, description="seconds for which responses may be cached without revalidation"
    )

    @field_validator(
        "allowed_hosts",
        "basemap_hosts",
        "frame_ancestors",
        "overlay",
        "replica_urls",
        "trusted_proxies",
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("database_password_file")
    @classmethod
    def _readable_password(cls, value: Path | None) -> Path | None:
        if value is not None:
            _first_line(value)
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in value:
            try:
                ip_network(proxy, strict=False)
            except ValueError:
                raise ValueError(
                    f"{proxy!r} is not an IP address or network; expected one such as 127.0.0.1 or 10.0.0.0/8"
                ) from None
        return value

    @field_validator("frame_ancestors")
    @classmethod
    def _ancestors(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(ancestor(source) for source in value) or ("'none'",)

    @field_validator("lang")
    @classmethod
    def _language(cls, value: str) -> str:
        try:
            Locale.parse(value.replace("-", "_"))
        except (ValueError, UnknownLocaleError):
            raise ValueError(f"{value!r} is not a language; expected one such as en or pt-BR") from None
        return value

    @field_validator("basemap")
    @classmethod
    def _readable_basemap(cls, value: Path | None) -> Path | None:
        if value is not None:
            # Imported here, because most commands draw no map.
            from timeline.web.basemap import archive, operator_tiles

            operator_tiles.schema(archive.archive(value).metadata)
        return value

    @field_validator("basemap_style")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("is not a web address; expected one that begins with http:// or https://")
        return value

    @field_validator("basemap_hosts")
    @classmethod
    def _hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(ancestor(source) for source in value)

    @property
    def database_address(self) -> str:
        """The address of the database to connect to, with the password of `database_password_file`.

        Show `database_url` instead: this one must not appear in messages or logs.
        """
        return self.with_password(self.database_url)

    @property
    def replica_addresses(self) -> tuple[str, ...]:
        """The addresses of the replicas, with the password as in `database_address`."""
        return tuple(map(self.with_password, self.replica_urls))

    def with_password(self, address: str) -> str:
        """Return an address with the password of `database_password_file`.

        Returns the same address if that setting is not used, or if the address has a password or no user.
        """
        if self.database_password_file is None:
            return address
        try:
            url = make_url(one_host(address))
        except (ArgumentError, ValueError):
            return address  # whoever connects says what an address looks like
        if url.username is None or url.password is not None:
            return address
        # The file is read here and not at the start, so that a new connection pool uses a new password.
        url = url.set(password=_first_line(self.database_password_file))
        return url.render_as_string(hide_password=False)

    @property
    def basemap_origins(self) -> tuple[str, ...]:
        """The other origins from which pages may load the map; none without a custom style."""
        if not self.basemap_style:
            return ()
        parts = urlsplit(self.basemap_style)
        return (f"{parts.scheme}://{parts.netloc}", *self.basemap_hosts)

    @field_validator("base_url")
    @classmethod
    def _http_only(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.startswith(("http://", "https://")):
            raise ValueError("is not a web address; expected one that begins with http:// or https://")
        return value.rstrip("/")
