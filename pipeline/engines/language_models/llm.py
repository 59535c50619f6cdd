"""A request to a language model -> its reply, in a form that was asked for: the one door to them.

Native structured output is asked for by name: small local models fail at pydantic-ai's own default,
tool calls. What a server promises is not believed: the reply is validated here in any case.
"""

import asyncio
import functools
import ipaddress
import ssl
import time
import urllib.parse
import warnings
from collections.abc import AsyncIterable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from pipeline.config import LlmOptions
from pipeline.engines import keys
from pipeline.engines.language_models.budget import Price
from pipeline.errors import ConfigError, MissingKey, MissingTool

# service -> what brings its library
EXTRAS: Final = {"anthropic": "llm-anthropic", "google": "llm-google"}
LONGEST_REPLY = 16  # characters a token; a reply beyond that is no reply
PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})  # worth another try
TOLD = 300  # characters of what a server said


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: how to write, about what, in which form."""

    instructions: str
    prompt: str
    form: type[BaseModel]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    text: str  # as it came
    value: BaseModel | None  # None: not in the form that was asked for
    read: int  # tokens; 0 where the service does not count
    written: int
    seconds: float
    fault: str = ""  # why there is no value
    may_pass: bool = False  # the same request may do better in a minute
    counted: bool = True  # whether the service said how many tokens it took


Written = Callable[[int], None]  # told how many characters of the reply have come


def ready(options: LlmOptions) -> None:
    """Check all that can be before the first download. Raises InterviewError."""
    if not options.model:
        raise ConfigError(
            "llm.model is not set",
            "The writer llm needs to know which model to ask.",
            "Set model, and base_url or service, under [llm] in config/mytake.toml.",
        )
    if options.service == "compatible" and not options.base_url:
        raise ConfigError(
            "llm.base_url is not set",
            "A compatible server can be anywhere.",
            'Set it under [llm]: base_url = "http://localhost:11434/v1" is Ollama on this machine.',
        )
    if options.service != "compatible" and not keys.of(options.service):
        raise MissingKey(options.service.capitalize(), keys.NAMES[options.service][0])
    _imported(options.service)
    price(options)


def price(options: LlmOptions) -> Price:
    """What the model costs. Raises ConfigError where nobody knows: a budget must hold."""
    if options.price_in is not None and options.price_out is not None:
        return Price(options.price_in, options.price_out)
    if options.service == "compatible" and _is_near(options.base_url or ""):
        return Price(0, 0)
    found = _listed_price(options)
    if found is None:
        raise ConfigError(
            f"what {options.model} costs is not known",
            "Without its price llm.max_cost could not be kept to.",
            "Set llm.price_in and llm.price_out: US dollars for a million tokens (0 if free).",
        )
    return found


def _listed_price(options: LlmOptions) -> Price | None:
    import genai_prices

    def cost(read: int, written: int) -> float:
        usage = genai_prices.Usage(input_tokens=read, output_tokens=written)
        where: dict[str, Any] = (
            {"provider_api_url": options.base_url}
            if options.service == "compatible"
            else {"provider_id": options.service}
        )
        return float(genai_prices.calc_price(usage, model_ref=options.model, **where).total_price)

    try:
        # Of a hundred thousand tokens: some prices rise with the length of a request.
        return Price(cost(100_000, 0) * 10, cost(0, 100_000) * 10)
    except (LookupError, ValueError):
        return None


def _is_near(url: str) -> bool:
    """Whether a server is on this machine or in this network, so that it asks for no money."""
    host = urllib.parse.urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith((".local", ".internal"))


def ask(request: Request, options: LlmOptions, written: Written) -> Reply:
    """Send one request and wait for its reply; whatever goes wrong is told in `Reply.fault`."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(_ask(request, options, written))
    # Whoever calls is in an event loop already, as a scheduler may be: a thread has its own.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _ask(request, options, written)).result()


async def _ask(request: Request, options: LlmOptions, written: Written) -> Reply:
    from pydantic_ai import Agent, NativeOutput
    from pydantic_ai.settings import ModelSettings
    from pydantic_ai.usage import RunUsage

    pieces: list[str] = []
    usage, begun = RunUsage(), time.monotonic()
    listen = _listener(pieces, LONGEST_REPLY * options.answer_tokens, written)
    value, fault, may_pass = None, "", False
    try:
        async with AsyncExitStack() as stack:
            # That a model takes no temperature is nothing to tell a user.
            stack.enter_context(warnings.catch_warnings(action="ignore"))
            agent = Agent(
                await _model(options, stack),
                instructions=request.instructions,
                output_type=NativeOutput(request.form),
                retries=0,  # ours, see `model_writer`: each counted, each with what was wrong
            )
            settings = ModelSettings(max_tokens=options.answer_tokens)
            if options.temperature is not None:
                settings["temperature"] = options.temperature
            # What is waited for is the server: what had to be imported first is none of its time.
            async with asyncio.timeout(options.timeout):
                result = await agent.run(
                    request.prompt,
                    model_settings=settings,
                    usage=usage,
                    event_stream_handler=listen,
                )
            value = result.output
    except Exception as error:  # whatever a server and its library can do: the article is written
        fault, may_pass = _fault(error, options)
    return Reply(
        text=keys.redacted("".join(pieces)),
        value=value if _holds(value, request.form) else None,
        read=usage.input_tokens,
        written=usage.output_tokens,
        seconds=round(time.monotonic() - begun, 2),
        fault=fault,
        may_pass=may_pass,
        counted=bool(usage.input_tokens or usage.output_tokens),
    )


def _listener(pieces: list[str], most: int, written: Written) -> Any:
    """Collects the reply as it comes, so that what was broken off is kept; stops an endless one."""
    from pydantic_ai import RunContext
    from pydantic_ai.messages import AgentStreamEvent, PartDeltaEvent, PartStartEvent, TextPart
    from pydantic_ai.messages import TextPartDelta as Delta

    async def listen(_: RunContext[object], events: AsyncIterable[AgentStreamEvent]) -> None:
        async for event in events:
            if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
                pieces.append(event.part.content)
            elif isinstance(event, PartDeltaEvent) and isinstance(event.delta, Delta):
                pieces.append(event.delta.content_delta)
            size = sum(map(len, pieces))
            written(size)
            if size > most:
                raise OverflowError

    return listen


def _holds(value: Any, form: type[BaseModel]) -> bool:
    """Whether it is in the form, whatever a library let pass."""
    try:
        return isinstance(value, form) and bool(form.model_validate(value.model_dump()))
    except ValidationError:
        return False


def _fault(error: Exception, options: LlmOptions) -> tuple[str, bool]:
    """What went wrong, in words for a receipt, and whether it may pass by itself."""
    from pydantic_ai import exceptions as ai

    said = " ".join(keys.redacted(f"{error}").split())[:TOLD]
    status = error.status_code if isinstance(error, ai.ModelHTTPError) else 0
    # (what it is, how that is told, may it pass): the first that fits
    kinds: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str, bool], ...] = (
        (
            (TimeoutError, ai.RunTimedOut),
            f"no reply within {options.timeout:g} seconds",
            True,
        ),
        (OverflowError, "the reply did not end", False),
        (ai.ModelHTTPError, f"the server answered {status}: {said}", status in PASSING),
        (ai.ContentFilterError, "the model refused", False),
        (
            ai.OutputTokenLimitExceeded,
            f"the reply was cut off at {options.answer_tokens} tokens",
            False,
        ),
        (ai.UnexpectedModelBehavior, "the reply was not in the form that was asked for", False),
    )
    for kind, told, may_pass in kinds:
        if isinstance(error, kind):
            return told, may_pass
    # Down, gone in the middle of a reply, or speaking something else than was expected.
    return f"the server could not be reached or broke off ({type(error).__name__}: {said})", True


# --- services ---


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Whom to trust, read once: a client of its own would read it for each request.

    That is three quarters of what a request costs here. A client cannot be shared: it belongs to
    the event loop in which it was first used, and each request may come from another.
    """
    from httpx2 import create_ssl_context  # what both libraries and pydantic-ai speak with

    return create_ssl_context()


async def _model(options: LlmOptions, stack: AsyncExitStack) -> Any:
    """The model behind its service; its connections end with `stack`."""
    key = keys.of(options.service)
    if options.service == "anthropic":
        return await _anthropic(options, key, stack)
    if options.service == "google":
        return _google(options, key)
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.openai import OpenAIProvider

    base = options.base_url or "https://api.openai.com/v1"
    http = DefaultAsyncHttpxClient(verify=_trusted(), timeout=options.timeout)
    client = AsyncOpenAI(
        base_url=base,
        api_key=key or "none",
        max_retries=0,
        timeout=options.timeout,
        http_client=http,
    )
    provider = OpenAIProvider(openai_client=await stack.enter_async_context(client))
    if options.service == "openai":
        return OpenAIChatModel(options.model, provider=provider)
    # The older name of a limit is the one that every server knows.
    old = OpenAIModelProfile(
        openai_chat_supports_max_completion_tokens=False, supports_json_schema_output=True
    )
    return OpenAIChatModel(options.model, provider=provider, profile=old)


async def _anthropic(options: LlmOptions, key: str | None, stack: AsyncExitStack) -> Any:
    from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    http = DefaultAsyncHttpxClient(verify=_trusted(), timeout=options.timeout)
    client = AsyncAnthropic(
        base_url=options.base_url,
        api_key=key,
        max_retries=0,
        timeout=options.timeout,
        http_client=http,
    )
    client = await stack.enter_async_context(client)
    return AnthropicModel(options.model, provider=AnthropicProvider(anthropic_client=client))


def _google(options: LlmOptions, key: str | None) -> Any:
    from pydantic_ai.models.google import GoogleModel
    from pydantic_ai.providers.google import GoogleProvider

    provider = GoogleProvider(api_key=key or "", base_url=options.base_url)
    return GoogleModel(options.model, provider=provider)


def _imported(service: str) -> None:
    """Raises MissingTool, with the command that brings it, where a library is not there."""
    try:
        import openai  # noqa: F401
        import pydantic_ai  # noqa: F401

        if service == "anthropic":
            import anthropic  # noqa: F401
        if service == "google":
            from google import genai  # noqa: F401
    except ImportError as error:
        extra = EXTRAS.get(service, "llm")
        raise MissingTool(
            error.name or "pydantic-ai",
            "The writer llm needs it, and it is an extra, so that nobody gets it unasked.",
            f'pip install "mytake[{extra}]"     (in this folder: pip install -e ".[{extra}]")',
        ) from error
