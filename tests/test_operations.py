"""Dockerfile and compose.yaml: what can be seen of them where no container runs."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.api import POOL
from flows.cli import main, parser
from flows.takeover import BEAT, automations

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    return told


def test_what_waits_for_a_service_waits_for_one_that_is_there(services: dict[str, Any]) -> None:
    for service in services.values():
        for needed, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[needed]


def test_the_commands_of_mytake_exist(services: dict[str, Any]) -> None:
    ours = {name: one["command"] for name, one in services.items() if one.get("command")}
    assert {"deploy", "review"} <= set(ours)
    for words in ours.values():
        try:
            parser().parse_args(words)
        except SystemExit:
            if words[0] == "review" and not (ROOT / "review").exists():
                pytest.skip("skipped: the review page is not here yet")
            raise


def test_workers_take_from_the_pool_and_are_heard_often_enough(services: dict[str, Any]) -> None:
    words = services["worker"]["entrypoint"]
    assert words[words.index("--pool") + 1] == POOL
    assert services["worker"]["environment"]["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"] == str(BEAT)
    silences = [one.trigger.within.seconds for one in automations()]
    assert min(silences) >= 3 * BEAT


def test_nothing_is_open_to_other_machines_and_no_password_is_written_down(
    services: dict[str, Any],
) -> None:
    for service in services.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert services["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith("${")
    assert "ports" not in services["postgres"]


def test_the_image_gets_what_it_copies() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    copied = [
        name
        for line in re.findall(r"^COPY --chown=mytake (.+) \S+$", text, re.MULTILINE)
        for name in line.split()
    ]
    kept = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"
    }
    assert set(copied) == kept
    assert all((ROOT / name).exists() for name in copied)
    assert "USER mytake" in text


def test_without_a_server_there_is_nothing_to_tell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    assert main(["deploy"]) == 1
    assert "no Prefect server answers at http://127.0.0.1:9/api" in capsys.readouterr().err
