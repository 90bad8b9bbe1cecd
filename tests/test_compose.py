"""`docker-compose.yml`, its files and the `Dockerfile`, read by the programs that they are written for."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from timeline.commands import cli
from timeline.settings import Settings

ROOT = Path(__file__).parents[1]
FILES = ROOT / "docs" / "compose"
COMPOSE = shutil.which("docker-compose")
CADDY = shutil.which("caddy")
VARNISH = shutil.which("varnishd") or shutil.which("varnishd", path="/usr/sbin")
ONE_SHOT = {"migrate"}  # ends when its work is done
PINNED = re.compile(r"[a-z0-9./-]+:\d+[\w.-]*\.\d+[\w.-]*")
Service = dict[str, Any]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the project with all its profiles as docker-compose reads it, without variables of this shell."""
    if COMPOSE is None:
        pytest.skip("docker-compose is not installed")
    # With no .env next to it.
    folder = tmp_path_factory.mktemp("compose")
    shutil.copy(ROOT / "docker-compose.yml", folder)
    done = subprocess.run(
        [COMPOSE, "--profile", "scale", "config"],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    parsed: dict[str, Any] = yaml.safe_load(done.stdout)
    return parsed


@pytest.fixture(scope="module")
def services(project: dict[str, Any]) -> dict[str, Service]:
    """Return the services by name."""
    named: dict[str, Service] = project["services"]
    return named


def test_without_a_profile_one_server_runs_on_sqlite(services: dict[str, Service]) -> None:
    assert [name for name, service in services.items() if "profiles" not in service] == ["dateline"]
    server = services["dateline"]
    assert server["environment"]["TIMELINE_DATABASE_URL"] == "sqlite:////data/timeline.db"
    assert server["volumes"] == ["events:/data:rw"]
    assert server["command"][-2:] == ["--migrate", "--seed-if-new"]


def test_starting_caddy_starts_everything_of_the_profile_and_nothing_else(
    services: dict[str, Service],
) -> None:
    needed, waiting = set(), ["caddy"]
    while waiting:
        name = waiting.pop()
        needed.add(name)
        waiting += services[name].get("depends_on", {})
    assert needed == {name for name, service in services.items() if service.get("profiles") == ["scale"]}


def test_every_service_waits_until_those_it_needs_are_healthy(services: dict[str, Service]) -> None:
    for name, service in services.items():
        for other, need in service.get("depends_on", {}).items():
            expected = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
            assert need["condition"] == expected, (name, other)


def test_every_image_has_a_version(services: dict[str, Service]) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    for name, service in services.items():
        assert PINNED.fullmatch(service["image"]) or service["image"] == "postgis/postgis:15-3.5", name
        if "build" in service:
            assert service["image"] == f"dateline:{version}"


def test_every_service_has_a_health_check_limits_and_few_rights(services: dict[str, Service]) -> None:
    for name, service in services.items():
        check = service["healthcheck"]["test"]
        assert check[0] == ("NONE" if name in ONE_SHOT else "CMD"), name
        assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}, name
        assert service["restart"] == ("on-failure" if name in ONE_SHOT else "unless-stopped"), name
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service.get("user", "root") != "root" or name == "caddy", name
        assert "stop_grace_period" in service, name


def test_only_caddy_and_the_single_server_are_reachable(services: dict[str, Service]) -> None:
    assert {name for name, service in services.items() if "ports" in service} == {"dateline", "caddy"}
    assert services["dateline"]["ports"] == ["127.0.0.1:8000:8000/tcp"]


def test_passwords_are_in_files_that_git_and_the_image_ignore(
    project: dict[str, Any], services: dict[str, Service]
) -> None:
    for name, service in services.items():
        for variable, value in service.get("environment", {}).items():
            assert not re.search(r"://[^/@]*:[^/@]*@", str(value)), (name, variable)
            if "PASSWORD" in variable:
                assert variable.endswith("_FILE")
                assert value.removeprefix("/run/secrets/") in [s["source"] for s in service["secrets"]]
    for name, secret in project["secrets"].items():
        assert secret.keys() == {"file"}
        path = Path(secret["file"])
        assert (path.parent.name, path.name) == (".secrets", name)
    assert ".secrets/" in (ROOT / ".gitignore").read_text().splitlines()
    assert ".secrets" in (ROOT / ".dockerignore").read_text().splitlines()


def test_data_is_in_named_volumes_and_files_of_the_project_are_read_only(
    project: dict[str, Any], services: dict[str, Service]
) -> None:
    used = set()
    for service in services.values():
        for volume in service.get("volumes", []):
            source, _, mode = volume.split(":")
            if "/" not in source:
                used.add(source)
                continue
            assert mode == "ro", volume
            assert (FILES / Path(source).name).is_file(), volume
            assert Path(source).parts[-3:-1] == ("docs", "compose")
    assert used == set(project["volumes"])


def test_each_server_of_a_shared_database_has_a_volume_for_uploads_and_a_name(
    services: dict[str, Service],
) -> None:
    servers = {name: service for name, service in services.items() if name.startswith("app-")}
    volumes = [service["volumes"][0].split(":") for service in servers.values()]
    assert len({source for source, *_ in volumes}) == len(servers) == 2
    assert all(
        service["environment"]["TIMELINE_UPLOADS"] == folder
        for service, (_, folder, _) in zip(servers.values(), volumes, strict=True)
    )
    assert [service["hostname"] for service in servers.values()] == list(servers)


def test_every_setting_exists_and_has_a_value_that_dateline_accepts(
    services: dict[str, Service], tmp_path: Path
) -> None:
    password = tmp_path / "password"
    password.write_text("secret\n")
    for name, service in services.items():
        variables = {
            variable.removeprefix("TIMELINE_").lower(): value
            for variable, value in service.get("environment", {}).items()
            if variable.startswith("TIMELINE_") and value is not None
        }
        assert variables.keys() <= Settings.model_fields.keys(), name
        if "database_password_file" in variables:
            variables["database_password_file"] = str(password)
        Settings(**variables)


def test_every_setting_of_the_deployment_for_kubernetes_exists() -> None:
    page = (ROOT / "docs" / "operate.md").read_text("utf-8")
    (text,) = re.findall(r"^```yaml\n(apiVersion.*?)^```", page, re.MULTILINE | re.DOTALL)
    (container,) = yaml.safe_load(text)["spec"]["template"]["spec"]["containers"]
    variables = {variable["name"]: variable["value"] for variable in container["env"]}
    assert {name.removeprefix("TIMELINE_").lower() for name in variables} <= Settings.model_fields.keys()
    assert variables["TIMELINE_ALLOWED_HOSTS"].endswith(
        container["readinessProbe"]["httpGet"]["httpHeaders"][0]["value"]
    )
    program, name, *arguments = container["args"]
    assert program == "timeline"
    cli.commands[name].make_context(name, arguments)


def test_every_command_of_dateline_is_one_that_it_knows(services: dict[str, Service]) -> None:
    commands = [service["command"] for service in services.values() if "build" in service]
    (image_command,) = re.findall(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    for program, name, *arguments in [*commands, yaml.safe_load(image_command)]:
        assert program == "timeline"
        cli.commands[name].make_context(name, arguments)  # raises for an unknown option


def test_primary_and_replica_have_the_same_options(services: dict[str, Service]) -> None:
    # A replica with a lower max_connections does not start.
    assert services["primary"]["command"] == services["replica"]["command"]
    workers = sum(int(services[name]["command"][-1]) for name in ("app-1", "app-2"))
    connections = int(re.findall(r"max_connections=(\d+)", " ".join(services["primary"]["command"]))[0])
    of_a_worker = Settings.model_fields["database_connections"].default + 6  # as docs/operate.md says
    assert workers * of_a_worker + 20 <= connections


def test_the_subnet_is_that_of_the_trusted_proxies_and_the_fixed_addresses() -> None:
    if COMPOSE is None:
        pytest.skip("docker-compose is not installed")
    done = subprocess.run(
        [COMPOSE, "-f", str(ROOT / "docker-compose.yml"), "--profile", "scale", "config"],
        env={"PATH": os.environ["PATH"], "SUBNET": "10.77.5"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "172.30.24" not in done.stdout
    assert done.stdout.count("10.77.5.0/24") == 4


def test_the_dockerfile_pins_its_image_and_runs_unprivileged() -> None:
    text = (ROOT / "Dockerfile").read_text()
    images = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert len(set(images)) == 1
    assert all(PINNED.fullmatch(image) for image in images)
    users = re.findall(r"^USER (\S+)", text, re.MULTILINE)
    assert users == ["dateline"]
    assert "HEALTHCHECK" in text
    assert "project['optional-dependencies']['postgres']" in text


@pytest.mark.skipif(CADDY is None, reason="caddy is not installed")
def test_caddy_reads_its_file() -> None:
    assert CADDY
    file = str(FILES / "Caddyfile")
    done = subprocess.run([CADDY, "adapt", "--config", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for server in ("cache:8080", "app-1:8000", "app-2:8000"):
        assert f'"dial":"{server}"' in done.stdout


@pytest.mark.skipif(VARNISH is None, reason="varnish is not installed")
def test_varnish_compiles_its_file(tmp_path: Path) -> None:
    assert VARNISH
    file = tmp_path / "cache.vcl"
    file.write_text(re.sub('"app-[12]"', '"127.0.0.1"', (FILES / "cache.vcl").read_text()))
    done = subprocess.run(
        [VARNISH, "-j", "none", "-C", "-f", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["primary.sh", "replica.sh"])
def test_a_script_is_executable_and_has_no_syntax_error(name: str) -> None:
    assert os.access(FILES / name, os.X_OK)
    subprocess.run(["bash", "-n", str(FILES / name)], check=True)
