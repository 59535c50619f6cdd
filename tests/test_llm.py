"""The door to language models: one request, one reply, on any server that speaks the protocol."""

import asyncio
import json
from pathlib import Path

import pytest

from pipeline.compose import compose
from pipeline.config import ComposeOptions, LlmOptions, VerifyOptions
from pipeline.engines import keys
from pipeline.engines.language_models import llm, prompts
from pipeline.engines.language_models.budget import Price
from pipeline.verify import verify
from tests import lighthouse as vik
from tests.crooked_server import Server, points

pytest.importorskip("pydantic_ai", reason="skipped: mytake[llm] is not installed")

REQUEST = llm.Request(
    prompts.instructions(1, "en"),
    prompts.prompt("What is it?", ["The lens floats in mercury."]),
    prompts.Reworded,
)


def test_the_form_is_asked_for_as_native_structured_output() -> None:
    with Server(lambda _: points((1, "the lens floats"))) as server:
        options = LlmOptions(model="m", base_url=server.url, answer_tokens=300, temperature=0.5)
        sizes: list[int] = []
        reply = llm.ask(REQUEST, options, sizes.append)
    (asked,) = server.requests
    assert asked["response_format"]["type"] == "json_schema"
    assert "tools" not in asked
    assert (asked["stream"], asked["max_tokens"], asked["temperature"]) == (True, 300, 0.5)
    assert isinstance(reply.value, prompts.Reworded)
    assert reply.value.points[0].clause == "the lens floats"
    assert (reply.read, reply.written, reply.fault) == (400, 100, "")
    assert sizes == sorted(sizes) and sizes[-1] == len(reply.text)


def test_it_can_be_asked_from_within_an_event_loop() -> None:
    async def scheduler(url: str) -> llm.Reply:
        return llm.ask(REQUEST, LlmOptions(model="m", base_url=url), lambda _: None)

    with Server(lambda _: points((1, "the lens floats"))) as server:
        assert asyncio.run(scheduler(server.url)).fault == ""


@pytest.mark.parametrize(
    ("service", "model", "form"),
    [
        ("anthropic", "claude-sonnet-5-5", '"output_config": {"format": {"type": "json_schema"'),
        ("google", "gemini-3.8-flash", '"responseJsonSchema"'),
    ],
)
def test_other_services_are_asked_for_the_form_in_their_own_way(
    service: str, model: str, form: str
) -> None:
    pytest.importorskip(
        {"anthropic": "anthropic", "google": "google.genai"}[service],
        reason=f"skipped: mytake[llm-{service}] is not installed",
    )
    name = keys.NAMES[service][0]
    keys.give({name: "sk-not-a-real-key"})
    with Server(lambda _: (500, '{"error": {"type": "x", "message": "oops"}}')) as server:
        options = {"service": service, "model": model, "base_url": server.url}
        reply = llm.ask(REQUEST, LlmOptions(**options), lambda _: None)
    keys.give({})
    assert (reply.fault[:23], reply.may_pass) == ("the server answered 500", True)
    assert form in json.dumps(server.requests[0])


def test_without_a_key_none_is_sent_that_belongs_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-for-openai-only")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    with Server(lambda _: points((1, "the lens floats"))) as server:
        llm.ask(REQUEST, LlmOptions(model="m", base_url=server.url), lambda _: None)
    assert server.keys == ["Bearer none"]


@pytest.mark.parametrize(
    ("url", "free"),
    [
        ("http://localhost:11434/v1", True), ("http://127.0.0.1:8080/v1", True),
        ("http://192.168.1.7/v1", True), ("http://gpu-box:8000/v1", True),
        ("https://models.example.org/v1", False), ("http://8.8.8.8/v1", False),
    ],
)  # fmt: skip
def test_only_a_server_nearby_is_taken_for_free(url: str, free: bool) -> None:
    options = LlmOptions(model="some-unheard-of-model", base_url=url)
    if free:
        assert llm.price(options) == Price(0, 0)
    else:
        with pytest.raises(Exception, match="price_in"):
            llm.price(options)


def test_a_known_model_has_its_price() -> None:
    found = llm.price(LlmOptions(service="openai", model="gpt-4o-mini"))
    assert 0 < found.read < found.written < 100


# --- a real small model behind a real server ---


@pytest.mark.slow
def test_with_a_real_small_model_the_article_is_written_and_every_fault_is_caught(
    local_model: str, tmp_path: Path
) -> None:
    model = LlmOptions(
        model="SmolLM2-135M-Instruct", base_url=local_model, context=4096, answer_tokens=160,
        tries=1,
    )  # fmt: skip
    options = ComposeOptions(writer="llm", questions=1)
    heard = (vik.VIDEO, vik.TRANSCRIPT, vik.TURNS, vik.EDITED, vik.SPEAKERS, vik.TOPICS)
    article = compose(*heard, options, vik.STYLE, model, folder=tmp_path)
    (file,) = tmp_path.glob("*.json")
    letter = json.loads(file.read_bytes())
    assert letter["read"] > 300 and letter["written"] > 10
    # A real server holds to the form, as far as it gets.
    assert letter["text"].lstrip().startswith("{")
    assert letter["fault"] in ("", "the reply was cut off at 160 tokens")
    assert verify(*heard, article, VerifyOptions(), options, vik.STYLE).reasons == ()
