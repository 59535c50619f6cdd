"""Every knob, in stage order: typed, checked whole before anything runs, passed down by section.

`load` reads config/mytake.toml; each stage receives its own section and nothing more.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from pipeline.errors import ConfigError


class Options(BaseModel):
    """One stage's knobs. One with `exclude=True` cannot change the result, so it redoes nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SourcesOptions(Options):
    newest: int = Field(
        default=1,
        ge=1,
        le=500,
        description="How many entries of a feed or playlist to take, newest first.",
    )


class DownloadOptions(Options):
    longest: float = Field(
        default=6 * 3600,
        gt=0,
        exclude=True,
        description="Seconds. Longer recordings are refused; raise it if you mean it.",
    )
    shortest: float = Field(
        default=0, ge=0, exclude=True, description="Seconds. Shorter recordings are refused."
    )
    since: date | None = Field(
        default=None,
        exclude=True,
        description="Refuse what was published before this day. Unset: take it of any age.",
    )
    language: str | None = Field(
        default=None,
        description="Audio track to take (ISO 639-1). Unset: the original, never a dubbed one.",
    )
    cookies: str | None = Field(
        default=None,
        exclude=True,
        description="Path of a cookies.txt, for members-only or age-gated videos.",
    )
    proxy: str | None = Field(
        default=None, exclude=True, description="URL of a proxy for all requests."
    )
    sleep: float = Field(
        default=0.75,
        ge=0,
        exclude=True,
        description="Seconds between requests to a site; sites block the hasty.",
    )
    retries: int = Field(
        default=5, ge=0, le=50, exclude=True, description="Tries of one request by yt-dlp."
    )
    timeout: float = Field(
        default=20, gt=0, exclude=True, description="Seconds to wait for an answer."
    )
    rate_limit: int | None = Field(
        default=None, gt=0, exclude=True, description="Bytes per second at most. Unset: no limit."
    )
    keep_free: float = Field(
        default=1,
        ge=0,
        exclude=True,
        description="GB of the disk that stay free: no download, and no other big step, is begun "
        "that would take them.",
    )
    sponsorblock: bool = Field(
        default=False,
        description="Ask SponsorBlock (sponsor.ajay.app) where its users marked sponsor messages "
        "in a YouTube video. It is told four digits of a hash of the video's id; see its terms for "
        "who may use its marks. Switched on later, it downloads the video again.",
    )


class PrepareOptions(Options):
    listening_copy: bool = Field(
        default=True, description="Keep a small copy to listen to while reviewing."
    )
    listening_kbps: int = Field(
        default=32, ge=8, le=320, description="Size of that copy (mono AAC, kbit/s)."
    )


Spelling = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60)]


class GlossaryOptions(Options):
    terms: tuple[Spelling, ...] = Field(
        default=(),
        description="Names and terms as they are spelled, for every recording: "
        '["Llama 3", "CTranslate2"]. Whisper listens for them, and near misses are corrected.',
    )
    channels: dict[str, tuple[Spelling, ...]] = Field(
        default_factory=dict,
        description="The same for one channel, by its name, id or URL: "
        '{"Working Order" = ["Winslow Mill"]}.',
    )
    from_video: bool = Field(
        default=True,
        description="Take names and terms from title, description and chapters too.",
    )
    tell_whisper: Literal["none", "configured", "all"] = Field(
        default="configured",
        description="Which of them Whisper is told to expect, 20 words at most. The more it is "
        "told, the more it skips; all are corrected afterwards.",
    )


class TranscribeOptions(Options):
    engine: str = Field(
        default="faster-whisper", description="faster-whisper, openai-whisper, captions or replay."
    )
    model: str = Field(
        default="base", description="Whisper model: a name such as base or small, or a folder."
    )
    language: str | None = Field(
        default=None,
        description="ISO 639-1. Unset: heard by Whisper, and passages in another one are noticed.",
    )
    translate: bool = Field(
        default=False,
        description="Let Whisper put other languages into English. Its words are no quotations.",
    )
    captions: Literal["manual", "any", "never"] = Field(
        default="manual",
        description="manual: the publisher's captions replace Whisper. any: machine-made ones too.",
    )
    beam_size: int = Field(
        default=5, ge=1, le=20, description="Wider is slower and slightly better."
    )
    vad_threshold: float = Field(
        default=0.5,
        gt=0,
        lt=1,
        description="How sure the voice detector must be; lower for quiet speech.",
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        default="auto", exclude=True, description="auto: cuda where there is one."
    )
    numbers: str = Field(
        default="auto",
        description="What faster-whisper calculates with: int8, float16, float32 … auto: int8 on a "
        "CPU, float16 on a GPU.",
    )
    batch: int = Field(
        default=0,
        ge=0,
        le=64,
        exclude=True,
        description="Half minutes that a listener of faster-whisper hears at once. 0: 4 on a CPU, "
        "8 on a GPU. On a CPU 1 takes half as much time again, and saves 150 MB a listener.",
    )
    threads: int = Field(
        default=0,
        ge=0,
        exclude=True,
        description="CPU threads; 0: as many as cores (openai-whisper: half as many). "
        "faster-whisper makes up to four listeners of them.",
    )
    models_folder: str | None = Field(
        default=None,
        exclude=True,
        description="Where models joined from wheels are kept. Unset: ~/.cache/mytake/models.",
    )
    replay: str | None = Field(
        default=None, description="For the replay engine: a transcript.json."
    )


class CorrectOptions(Options):
    near_misses: bool = Field(
        default=True,
        description="Correct what sounds like a name of the glossary and is no word: Winslowe.",
    )
    sure: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Ordinary words are never taken for a misheard name if heard surer than this.",
    )

    spellings: dict[str, str] = Field(
        default_factory=dict,
        description="What is always spelled otherwise than it was heard: "
        '{"Winslowe" = "Winslow"}. Names that were mended while reviewing are added to it.',
    )


class DiarizeOptions(Options):
    engine: str = Field(
        default="offline",
        description="offline, pyannote (an extra that wants a Hugging Face token) or replay.",
    )
    speakers: int | None = Field(
        default=None,
        ge=1,
        le=20,
        description="How many people speak. Unset: found; giving it helps a lot.",
    )
    threads: int = Field(
        default=0, ge=0, exclude=True, description="CPU threads; 0: as many as cores."
    )
    replay: str | None = Field(
        default=None, description="For the replay engine: a voices.json or an .rttm file."
    )


class AttributeOptions(Options):
    pause: float = Field(
        default=0.4,
        ge=0.05,
        le=5,
        description="Seconds of silence at which a new unit of speech begins.",
    )


class UniteOptions(Options):
    same: dict[str, str] = Field(
        default_factory=dict,
        description='Voices that are one person, where two were heard: {S3 = "S1"}.',
    )


WHOSE = re.compile(r"S[1-9]\d*|host|guest")
ROLE_FIRST = re.compile(r"(?P<role>host|guest|other)\s*(?::\s*(?P<name>.*))?", re.IGNORECASE)


def who_is_who(whose: str, who: str) -> tuple[str, str]:
    """A voice, or the only one with a role, and who that is. Raises ValueError that says why not.

    >>> who_is_who("s1", " Ada Lovelace "), who_is_who("Guest", "Ada"), who_is_who("S2", "host")
    (('S1', 'Ada Lovelace'), ('guest', 'Ada'), ('S2', 'host'))
    """
    voice, said = whose.strip(), " ".join(who.split())
    voice = voice.upper() if voice[:1] in "sS" else voice.lower()
    if not WHOSE.fullmatch(voice):
        raise ValueError(f"'{whose}' is no voice: take S1, S2 … of `mytake show`, host or guest")
    role = ROLE_FIRST.fullmatch(said)
    name = said if role is None else role["name"]
    if name is None and voice in ("host", "guest"):
        raise ValueError(f"'{whose}={who}' gives no name; to change a role name the voice: S1=host")
    if name is not None and not any(letter.isalpha() for letter in name):
        raise ValueError(f"'{who}' is no name")
    if not said.isprintable() or len(said) > 100:
        raise ValueError(f"'{said[:20]}…' is too long for a name, or cannot be printed")
    return voice, said


class IdentifyOptions(Options):
    names: dict[str, str] = Field(
        default_factory=dict,
        description="Who is who, by hand; beats every guess. A name "
        '{S1 = "Ada Lovelace"}, a role {S1 = "guest"}, both {S1 = "guest: Ada Lovelace"}, '
        'whoever asks {host = "Ada Lovelace"}, no name {S1 = "unknown"}. Ids: `mytake show`.',
    )
    host: str | None = Field(
        default=None, description="Name of the host, where it is always the same."
    )
    remember: tuple[str, ...] = Field(
        default=(),
        exclude=True,
        description="Channels, by name, id or URL, whose hosts' voices are kept in output/.voices "
        "and recognised in their next videos. A voice profile is biometric data: ask the person.",
    )

    @field_validator("names")
    @classmethod
    def _are_names(cls, names: dict[str, str]) -> dict[str, str]:
        told = dict(who_is_who(whose, who) for whose, who in names.items())
        if len(told) < len(names):
            raise ValueError("one voice is named twice")
        return told


class EditOptions(Options):
    quotable: float = Field(
        default=0.4,
        ge=0,
        le=1,
        description="Words that Whisper was less sure of than this are never quoted.",
    )
    drop_sponsors: bool = Field(
        default=True, description="Keep sponsor messages out of the article."
    )


class OutlineOptions(Options):
    chapters: bool = Field(
        default=True, description="Take the publisher's chapters where there are any."
    )
    minutes_per_topic: float = Field(
        default=8,
        gt=0,
        description="A long interview has at least a topic for each so many minutes, where topics "
        "are found. Much longer ones are divided in turn.",
    )


class ComposeOptions(Options):
    writer: str = Field(
        default="extract",
        description="extract: the guest's own sentences, no language model. llm: a model "
        "rewords them, see [llm]; code puts in each quotation, name, number and link.",
    )
    style: str = Field(default="take", description="A file in config/styles/, without .toml.")
    questions: int = Field(
        default=5, ge=1, le=50, description="How many questions the article has."
    )
    sentences: int = Field(default=6, ge=1, le=20, description="Sentences in an answer, at most.")


class LlmOptions(Options):
    service: Literal["compatible", "openai", "anthropic", "google"] = Field(
        default="compatible",
        description="Whose model. compatible: any server that speaks OpenAI's protocol (Ollama, "
        "vLLM, llama.cpp …), at base_url.",
    )
    model: str = Field(default="", description="The model, as that service calls it.")
    base_url: str | None = Field(
        default=None,
        description="Address of a compatible server: http://localhost:11434/v1 is Ollama.",
    )
    language: Literal["en", "de", "fr", "es", "it", "nl", "pt"] | None = Field(
        default=None,
        description="What it writes in, ISO 639-1. Unset: as the interview. Quotations stay as "
        "they were said. No translation can be proven here, so such an article needs review.",
    )
    temperature: float | None = Field(
        default=0.2, ge=0, le=2, description="0: always the likeliest word. Higher is looser."
    )
    context: int = Field(
        default=8192,
        ge=2048,
        description="Tokens that the model can hold: no request is longer, however long the "
        "interview. Ollama's own default is less than most models can.",
    )
    answer_tokens: int = Field(
        default=1200,
        ge=100,
        le=32000,
        description="Tokens of one reply, at most. Models that think before they write need "
        "some thousands.",
    )
    tries: int = Field(
        default=3,
        ge=1,
        le=10,
        description="Requests for one answer, at most: where a reply is not proven by what was "
        "said, the model is told what is wrong with it.",
    )
    timeout: float = Field(
        default=180, gt=0, exclude=True, description="Seconds to wait for one reply."
    )
    backoff: float = Field(
        default=2,
        ge=0,
        exclude=True,
        description="Seconds before a server that was busy or down is asked again; then doubled.",
    )
    max_cost: float = Field(
        default=1.0,
        ge=0,
        description="US dollars that one article may cost, and each style is one: a request that "
        "could go beyond it is not sent. Also --max-cost.",
    )
    max_cost_per_day: float = Field(
        default=10.0,
        ge=0,
        exclude=True,
        validate_default=True,
        description="US dollars that all articles of a day (UTC) may cost: one that could go "
        "beyond it waits for the next day.",
    )
    price_in: float | None = Field(
        default=None,
        ge=0,
        description="US dollars for a million tokens read. Unset: as known for that model; "
        "0 for a server on this machine or in this network.",
    )
    price_out: float | None = Field(
        default=None, ge=0, description="The same for a million tokens written."
    )

    @field_validator("max_cost_per_day")
    @classmethod
    def _holds_an_article(cls, most: float, given: ValidationInfo) -> float:
        one = given.data.get("max_cost", 0.0)
        if one > most:
            raise ValueError(f"an article may cost {one:g} (max_cost): that is more than a day may")
        return most


class VerifyOptions(Options):
    least_coverage: float = Field(
        default=1.0,
        ge=0,
        le=1,
        description="Share of topics that must be covered or named as left out.",
    )
    support: str = Field(
        default="embedding",
        description="Who scores whether a sentence in other words says what it cites. embedding: "
        "weak, sees only another subject. minicheck: a model that was made for it, on a server "
        "(`ollama pull bespoke-minicheck`). none: nobody.",
    )
    least_support: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Score below which a person should look. Unset: as fits the one who scores.",
    )
    support_url: str = Field(
        default="http://localhost:11434/v1",
        description="Address of minicheck's server, which speaks OpenAI's protocol.",
    )
    support_model: str = Field(
        default="bespoke-minicheck", description="The model, as that server calls it."
    )
    support_timeout: float = Field(
        default=60, gt=0, exclude=True, description="Seconds to wait for one score."
    )


class RenderOptions(Options):
    html: bool = Field(default=True, description="Also write article.html.")
    timeline: bool = Field(default=True, description="Also draw timeline.svg.")
    heading: bool = Field(
        default=False,
        description="Put the title into article.md too; blogs take it from the front matter.",
    )


class PublishOptions(Options):
    title_letters: int = Field(
        default=60,
        ge=0,
        le=120,
        description="Letters of the title in the folder's name; some disks want short paths.",
    )


class LimitsOptions(Options):
    hearing: int = Field(
        default=1,
        ge=1,
        le=64,
        description="How many recordings are heard at once, over all runs on this machine: one "
        "takes all of its cores, or its GPU.",
    )
    working: int = Field(
        default=2,
        ge=1,
        le=64,
        description="How many recordings `mytake serve` works on at once: while one is heard, the "
        "next is downloaded and the last one written up. Each has a process with its own models "
        "in memory; 1 needs the least.",
    )
    between: float = Field(
        default=10,
        ge=0,
        description="Seconds between two recordings of one site, over all runs; "
        "`download.sleep` is between the requests for one.",
    )
    folder: str | None = Field(
        default=None,
        description="Where runs tell each other what they do. Unset: in the output folder. Name "
        "one where runs on this machine have different output folders.",
    )


class CleanOptions(Options):
    finished: float = Field(
        default=30,
        ge=0,
        description="Days after which the sound of a finished video is deleted from output/.work. "
        "What must hear it again later downloads it again.",
    )
    failed: float = Field(
        default=14, ge=0, description="Days after which that of an unfinished one is."
    )


class MirrorOptions(Options):
    url: str | None = Field(
        default=None,
        exclude=True,
        pattern=r"^[a-z0-9+]+://[^@]+$",  # a key in it would be logged
        description="Where finished steps and articles are kept too, for workers that share no "
        "disk: s3://BUCKET/FOLDER (with mytake[s3]) or another address that fsspec knows, with no "
        "key in it. Unset: nowhere.",
    )


BLANKS = frozenset({"host", "guest", "title", "channel", "date"})


def _fills(text: str, known: Collection[str]) -> str:
    unknown = set(re.findall(r"\{(\w*)\}", text)) - set(known)
    if unknown:
        blanks = ", ".join(f"{{{name}}}" for name in sorted(known))
        raise ValueError(f"there is no {{{min(unknown)}}} to fill in, only {blanks}")
    return text


class Voice(Options):
    """How a narrator leads to what somebody said."""

    says: tuple[str, ...] = Field(
        default=("{name} said:",),
        min_length=1,
        description="Before a quotation, taking turns; {name} is filled in.",
    )
    asked: str = Field(
        default="Asked “{question}”, {name} said:",
        description="The same where the question is repeated; {question} and {name} are filled in.",
    )
    lists: tuple[str, ...] = Field(
        default=("{name} also said:",),
        min_length=1,
        description="Before a list that follows paragraphs, taking turns. One alone needs no list.",
    )

    @field_validator("says")
    @classmethod
    def _says_who(cls, says: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_fills(text, {"name"}) for text in says)

    @field_validator("asked")
    @classmethod
    def _repeats_the_question(cls, text: str) -> str:
        if "{question}" not in text or "{name}" not in text:
            raise ValueError("it must hold {question} and {name}")
        return _fills(text, {"name", "question"})

    @field_validator("lists", mode="before")
    @classmethod
    def _one_or_more(cls, lists: object) -> object:
        return (lists,) if isinstance(lists, str) else lists

    @field_validator("lists")
    @classmethod
    def _fills_a_name(cls, lists: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_fills(text, {"name"}) for text in lists)


class Part(Options):
    """A part of an article that is no questions and answers."""

    holds: Literal["topics", "best", "figures"] = Field(
        description="topics: a section for each topic. best: what weighs most. figures: points "
        "that hold a number."
    )
    heading: str = Field(default="", description="Over the part; empty: none.")
    topics: int = Field(default=50, ge=1, description="Topics at most, where it holds topics.")
    fewest: int = Field(default=1, ge=0, description="Points it has at least, in all.")
    points: int = Field(default=3, ge=1, le=50, description="Points at most, in each section.")
    sentences: int = Field(default=3, ge=1, le=10, description="Sentences of a point, at most.")
    paragraphs: int = Field(
        default=50, ge=0, description="So many points are paragraphs, those after them a list."
    )
    pull: bool = Field(default=False, description="A pull quote, printed before the opener.")
    asks: bool = Field(
        default=False,
        description="Repeat the question of a point, where it has one that reads alone.",
    )


class Style(Options):
    """A file of config/styles/: how an article is shaped. Code fills in what is in {braces}."""

    opener: str = Field(
        description="First paragraph; {host}, {guest}, {title}, {channel} and {date} are filled in."
    )
    opener_unnamed: str = Field(description="The same for when a name is not known.")
    answer_label: str = Field(default="Answer:", description="What stands before an answer.")
    closing: str = Field(description="Last paragraph.")
    closing_unnamed: str = Field(
        default="", description="The same for when a name is not known; empty: as `closing`."
    )
    closing_unlinked: str = Field(
        default="",
        description="`closing` for a recording without an address, whose times are no links; "
        "empty: as `closing`.",
    )
    fewest_words: int = Field(default=8, ge=1, description="An answer is at least this long.")
    most_words: int = Field(default=260, ge=10, description="An answer is at most this long.")

    opener_heading: str = Field(default="", description="Over the opener; empty: none.")
    closing_heading: str = Field(default="", description="Over the closing; empty: none.")
    links_heading: str = Field(default="Links", description="Over the list of links.")
    times_heading: str = Field(
        default="Times", description="The same for a recording without an address."
    )
    most_total: int = Field(
        default=100_000, ge=50, description="Words said in the whole article, at most."
    )
    voice: Voice = Voice()
    parts: tuple[Part, ...] = Field(
        default=(), description="What it consists of, in order. None: questions and answers."
    )
    also: tuple[Part, ...] = Field(
        default=(),
        description="Parts that follow the questions and answers: what those have no room for.",
    )

    @field_validator("opener", "opener_unnamed", "closing", "closing_unnamed", "closing_unlinked")
    @classmethod
    def _fills_known_blanks(cls, text: str) -> str:
        return _fills(text, BLANKS)

    @model_validator(mode="after")
    def _asks_or_has_parts(self) -> Self:
        if self.parts and self.also:
            raise ValueError("a style has either [[parts]], or questions and answers and [[also]]")
        return self

    @property
    def sections(self) -> tuple[Part, ...]:
        """The parts that `Section.part` counts: all there are, or those after the questions."""
        return self.parts or self.also


class WatchOptions(Options):
    rest: float = Field(
        default=3600,
        ge=0,
        description="Seconds that a channel rests when its site turned us away; doubled each "
        "further time, a day at most.",
    )
    retry: float = Field(
        default=600,
        ge=0,
        description="Seconds after which a video is tried again that failed for a reason that may "
        "pass; doubled each further time, a week at most.",
    )
    idle: float = Field(
        default=300,
        ge=0,
        description="Seconds without work after which `mytake serve` lets go of its models.",
    )


class ReviewOptions(Options):
    serve: bool = Field(
        default=True,
        description="Whether `mytake serve` offers the page for reviewing too. It takes memory "
        "only while somebody has it open.",
    )
    port: int = Field(
        default=8321,
        ge=1,
        le=65535,
        description="Of that page, on this machine alone; where it is taken `mytake serve` takes "
        "another and says which.",
    )
    idle: float = Field(
        default=300,
        gt=0,
        description="Seconds without anybody after which `mytake serve` ends the page; who opens "
        "it again starts it again.",
    )


class Config(Options):
    """The whole configuration."""

    output: str = Field(default="output", exclude=True, description="Where articles go.")
    sources: SourcesOptions = SourcesOptions()
    download: DownloadOptions = DownloadOptions()
    prepare: PrepareOptions = PrepareOptions()
    glossary: GlossaryOptions = GlossaryOptions()
    transcribe: TranscribeOptions = TranscribeOptions()
    correct: CorrectOptions = CorrectOptions()
    diarize: DiarizeOptions = DiarizeOptions()
    attribute: AttributeOptions = AttributeOptions()
    unite: UniteOptions = UniteOptions()
    identify: IdentifyOptions = IdentifyOptions()
    edit: EditOptions = EditOptions()
    outline: OutlineOptions = OutlineOptions()
    compose: ComposeOptions = ComposeOptions()
    llm: LlmOptions = LlmOptions()
    verify: VerifyOptions = VerifyOptions()
    render: RenderOptions = RenderOptions()
    publish: PublishOptions = PublishOptions()
    limits: LimitsOptions = LimitsOptions()
    clean: CleanOptions = CleanOptions()
    watch: WatchOptions = WatchOptions()
    review: ReviewOptions = ReviewOptions()
    mirror: MirrorOptions = MirrorOptions()


def load(path: Path, changes: Mapping[str, Mapping[str, Any]] | None = None) -> Config:
    """Read a TOML file into a `Config`; `changes` ({section: {knob: value}}) win over the file.

    They are what the command line's --knob asks for, and are called that where they are wrong.
    Raises ConfigError, with the nearest valid name for a misspelt one.
    """
    values = read_toml(path)
    for section, knobs in (changes or {}).items():
        given = values.get(section, {})
        if isinstance(given, dict):  # else it is told below, with its place
            values[section] = {**given, **knobs}
    asked = {(section, knob) for section, knobs in (changes or {}).items() for knob in knobs}
    return _checked(Config, values, path, asked)


def styles(folder: Path) -> list[str]:
    """Names of all styles in config/styles."""
    return sorted(file.stem for file in folder.glob("*.toml"))


def load_style(folder: Path, name: str) -> Style:
    """Read config/styles/NAME.toml. Raises ConfigError that lists the styles there are."""
    known = styles(folder)
    if name not in known:
        raise ConfigError(
            f"no style '{name}'",
            f"{folder} has: {', '.join(known) or 'none'}.",
            nearest(name, known),
        )
    file = folder / f"{name}.toml"
    return _checked(Style, read_toml(file), file)


def cores() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def read_toml(path: Path) -> dict[str, Any]:
    """What a TOML file says. Raises ConfigError where it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(
            str(path), "There is no such file.", "Run mytake in its own folder, or name a file."
        ) from error
    except OSError as error:
        raise ConfigError(
            str(path), f"It cannot be read: {error.strerror}.", "Name a file."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            str(path), f"It is not valid TOML: {error}.", "Mend that line."
        ) from error


T = TypeVar("T", bound="Options")


def _checked(
    kind: type[T],
    values: Mapping[str, Any],
    path: Path,
    asked: Collection[tuple[int | str, ...]] = (),
) -> T:
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        knob = ".".join(map(str, first["loc"]))
        if first["type"] != "extra_forbidden":
            why = in_words(first)
            if first["loc"][:2] in asked:
                told = f"--{first['loc'][1]} on the command line", why, "Give another value."
            else:
                told = f"{knob} in {path}", why, "Mend it there."
            raise ConfigError(*told) from error
        known = _known(kind, first["loc"][:-1])
        raise ConfigError(
            f"{knob} in {path}", "There is no such knob.", nearest(str(first["loc"][-1]), known)
        ) from error


# pydantic's name of a mistake -> what is said of it; {…} is what pydantic tells beside
WORDS = {
    "missing": "It has to be there, and is not",
    "int_type": "It is a whole number",
    "int_parsing": "It is a whole number",
    "int_from_float": "It is a whole number",
    "float_type": "It is a number",
    "float_parsing": "It is a number",
    "bool_type": "It is true or false",
    "bool_parsing": "It is true or false",
    "string_type": "It is a text, in quotation marks",
    "tuple_type": 'It is a list, such as ["…", "…"]',
    "dict_type": "It is a table",
    "model_type": "It is a table",
    "date_type": "It is a day, such as 2026-11-01",
    "date_parsing": "It is a day, such as 2026-11-01",
    "date_from_datetime_parsing": "It is a day, such as 2026-11-01",
    "date_from_datetime_inexact": "It is a day, such as 2026-11-01",
    "greater_than_equal": "It is {ge} or more",
    "greater_than": "It is more than {gt}",
    "less_than_equal": "It is {le} or less",
    "less_than": "It is less than {lt}",
    "string_too_short": "It has {min_length} letters at least",
    "string_too_long": "It has {max_length} letters at most",
    "too_short": "It has {min_length} entries at least",
    "literal_error": "It is one of {expected}",
}
LONGEST_SHOWN = 60  # letters of what was given


def in_words(mistake: Any) -> str:
    """What is wrong with a value, and what was given.

    >>> in_words({"type": "int_type", "msg": "", "input": "five"})
    "It is a whole number, not 'five'."
    >>> in_words({"type": "another", "msg": "It has no {3}", "ctx": {}, "input": "a"})
    "It has no {3}, not 'a'."
    """
    kind, given = mistake["type"], repr(mistake["input"])
    if kind == "value_error":  # our own words
        said = str(mistake["ctx"]["error"])
    elif kind in WORDS:
        said = WORDS[kind].format(**mistake.get("ctx", {}))
    else:
        said = mistake["msg"]  # it may hold braces of its own, as a pattern does
    # Of what is missing or does not go together, a whole table would be shown.
    shown = kind != "missing" and not isinstance(mistake["input"], (dict, list, Options))
    ends = f", not {given}." if shown and len(given) <= LONGEST_SHOWN else "."
    return f"{said[:1].upper()}{said[1:].rstrip('.')}{ends}"


def _known(kind: type[Options], place: tuple[int | str, ...]) -> list[str]:
    for name in place:
        field = kind.model_fields[str(name)].annotation
        assert isinstance(field, type) and issubclass(field, Options)
        kind = field
    return sorted(kind.model_fields)


def nearest(name: str, known: Collection[str]) -> str:
    """The known name that was meant, or all that there are."""
    close = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean '{close[0]}'?" if close else f"Known: {', '.join(known)}."
