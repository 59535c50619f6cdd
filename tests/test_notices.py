"""Notices: they arrive, what strangers wrote does no harm, and no secret is told."""

import logging
from collections.abc import Iterator

import pytest

from flows.cli import main
from pipeline.engines.notices import Event, blocked, check, digest, new_draft, notify, safe
from pipeline.errors import ConfigError
from tests.receiver import Receiver, receiving

HOSTILE = "@everyone <!channel> <script>x</script> [win](https://evil.example)\r\nSubject: x \u202e"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


def test_a_new_draft_is_told(receiver: Receiver) -> None:
    event = new_draft("The Mill", "output/2026-the-mill", ready=False)
    assert notify(event, [receiver.url], {}) == []
    (got,) = receiver.got
    assert got["title"] == "New draft: The Mill"
    assert got["message"].splitlines() == ["It needs review.", "output/2026-the-mill"]
    assert got["type"] == "info"


def test_failures_and_a_blocked_channel_are_told_as_such(receiver: Receiver) -> None:
    many = [(f"Video {number}", "It is private.") for number in range(15)]
    for event in (digest(many), digest(many[:1]), blocked("the-mill", "HTTP 429", "07:00 UTC")):
        assert notify(event, [receiver.url], {}) == []
    first, second, third = receiver.got
    assert (first["title"], second["title"]) == ("15 videos failed", "1 video failed")
    assert first["message"].splitlines()[-1] == "… and 3 more: mytake status"
    assert third["title"] == "Channel blocked: the-mill"
    assert {got["type"] for got in receiver.got} == {"warning"}


def test_what_strangers_wrote_rings_nobody_links_nowhere_and_is_one_line(
    receiver: Receiver,
) -> None:
    for event in (new_draft(HOSTILE, "here", ready=True), digest([(HOSTILE, HOSTILE)])):
        assert notify(event, [receiver.url], {}) == []
    for got in receiver.got:
        for line in (got["title"], *got["message"].splitlines()):
            assert not [bad for bad in ("@everyone", "<", "://", "](", "\u202e") if bad in line]
    assert len(receiver.got[1]["message"].splitlines()) == 1
    assert len(safe("long " * 1000)) <= 121


def test_a_secret_comes_from_the_environment_and_arrives(receiver: Receiver) -> None:
    url = receiver.url.replace("json://", "json://me:${HOOK_KEY}@")
    assert notify(Event("Hello"), [url], {"HOOK_KEY": "s3cret-key"}) == []
    assert notify(Event("Hello"), ["${HOOK}"], {"HOOK": url.replace("${HOOK_KEY}", "x")}) == []
    assert notify(Event("Hello"), ["${HOOK}"], {"HOOK": "a nonsense"}) == [
        "notify 1 (${HOOK}): apprise cannot read the address "
        "(in a secret, / is written %2F and @ %40)"
    ]
    assert receiver.headers[0]["Authorization"].startswith("Basic ")


def test_no_secret_is_told_whatever_goes_wrong(
    receiver: Receiver, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = {"KEY": "s3cret%2Fkey", "GONE": ""}
    receiver.status = 401
    urls = [
        receiver.url.replace("json://", "json://me:${KEY}@"),
        "json://me:${KEY}@127.0.0.1:9/nobody-listens",
        "tgram://${KEY}/nonsense",
        "gone://${KEY}",
        "json://${GONE}/x",
        "no address with ${KEY}",
    ]
    told = notify(Event("Hello"), urls, secret)
    assert len(told) == len(urls)
    assert "notify 5 (json): the environment variable GONE is not set" in told
    everything = "\n".join([*told, caplog.text, *capfd.readouterr()])
    assert "s3cret" not in everything
    assert "401" in told[0]


def test_one_that_does_not_answer_keeps_nobody_else_from_being_told(receiver: Receiver) -> None:
    told = notify(Event("Hello"), ["json://127.0.0.1:9/x", receiver.url], {})
    assert len(told) == 1
    assert len(receiver.got) == 1


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("not an address", "does not begin with a service"),
        ("nosuch://somewhere", "knows no such service"),
        ("nosuch://${KEY}", "knows no such service"),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV", "holds a secret"),
        ("json://me:letmein@localhost/x", "holds a secret"),
        ("json://localhost/$KEY", r"begins no \$\{NAME\}"),
    ],
)
def test_an_address_that_cannot_be_is_refused_without_repeating_it(url: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as refused:
        check(url)
    assert url.partition("://")[2] not in str(refused.value) or "://" not in url


@pytest.mark.parametrize(
    "url", ["json://localhost:8080/hook", "ntfy://topic", "discord://${ID}/${TOKEN}", "${URL}"]
)
def test_an_address_without_a_secret_in_it_is_fine(url: str) -> None:
    check(url)


def test_an_address_can_be_tried(
    receiver: Receiver, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MYTAKE_NOT_SET", raising=False)
    assert main(["notify", receiver.url]) == 0
    assert receiver.got[0]["title"] == "mytake can reach you"
    assert main(["notify", receiver.url, "json://${MYTAKE_NOT_SET}/"]) == 1
    assert "MYTAKE_NOT_SET is not set" in capsys.readouterr().err
    assert main(["notify", "nonsense"]) == 2
