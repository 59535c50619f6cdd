"""The nouns of an interview, in the order in which they come to be. Seconds are floats."""

import itertools
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, PlainSerializer, SerializationInfo, ValidationInfo


def _relative(path: Path, info: SerializationInfo) -> str:
    root: Path | None = (info.context or {}).get("root")
    return str(path.relative_to(root) if root and path.is_relative_to(root) else path)


def _absolute(path: Path, info: ValidationInfo) -> Path:
    root: Path | None = (info.context or {}).get("root")
    return root / path if root else path


# Absolute in memory, relative to the video's working folder on disk: the folder can be moved.
KeptPath = Annotated[Path, PlainSerializer(_relative, return_type=str), AfterValidator(_absolute)]


def _runs_forwards(start: float, end: float) -> None:
    if not 0 <= start <= end:
        raise ValueError(f"a span runs forwards from 0, not {start}..{end}")


Kind = Literal["video", "short", "stream"]


@dataclass(frozen=True, slots=True)
class Source:
    """What a user pointed at: one recording, not yet fetched."""

    kind: Literal["url", "media", "captions"]  # media and captions are local files
    address: str  # URL, or absolute path
    key: str  # safe as a folder name; the same recording has the same key
    info: str | None = None  # path of a yt-dlp .info.json that goes with it
    info_sha256: str | None = None  # of that file: who mends it wants its new words
    # What a feed said about its entry; used where the recording itself does not say.
    title: str | None = None
    channel: str | None = None
    published: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A recording as a channel, playlist or feed lists it: known before anything of it is asked."""

    source: Source
    id: str  # the site's own; stays the same when title or address change
    title: str
    seconds: float | None = None
    published: float | None = None  # since 1970; a channel's page only knows "3 weeks ago"
    kind: Kind = "video"
    status: Literal["there", "live", "upcoming"] = "there"
    closed: bool = False  # for members only


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the recording that the publisher named."""

    title: str
    start: float
    end: float

    def __post_init__(self) -> None:
        _runs_forwards(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Video:
    """What the publisher says about the recording. All text in it is untrusted."""

    id: str
    url: str | None  # None for a local file
    title: str
    channel: str | None = None
    channel_url: str | None = None
    published: str | None = None  # ISO date
    duration: float | None = None
    description: str = ""
    language: str | None = None  # ISO 639-1
    chapters: tuple[Chapter, ...] = ()
    extractor: str = "file"  # yt-dlp's name of the site, or "file"
    channel_page: str | None = None  # its other address, with the name in it: …/@name
    marks: tuple[Chapter, ...] = ()  # by strangers, not the publisher: SponsorBlock's "Sponsor"


@dataclass(frozen=True, slots=True)
class CaptionTrack:
    """A captions file next to the recording."""

    path: KeptPath
    language: str | None
    kind: Literal["manual", "automatic"]  # automatic: made by a machine, never used unless asked


@dataclass(frozen=True, slots=True)
class Recording:
    """A video that is on this disk: its audio as published, its captions."""

    video: Video
    audio: KeptPath | None  # None: captions only
    sha256: str  # of the audio, or of the captions where there is no audio
    captions: tuple[CaptionTrack, ...] = ()

    @property
    def untitled(self) -> "Recording":
        """The same sound and captions, without what the publisher says of them but the language."""
        video = Video(self.video.id, None, self.video.id, language=self.video.language)
        return replace(self, video=video)


@dataclass(frozen=True, slots=True)
class Audio:
    """The recording as the models hear it."""

    path: KeptPath  # mono 16 kHz, 16-bit wav
    listening: KeptPath | None  # small copy for the reviewer
    duration: float
    sha256: str  # of `path`
    sides: KeptPath | None = None  # levels of both channels, where each has a speaker of its own


@dataclass(frozen=True, slots=True)
class Term:
    """A name or a term, as it is spelled."""

    text: str
    source: Literal["config", "title", "description", "chapters", "channel"]


@dataclass(frozen=True, slots=True)
class Glossary:
    """Names and terms that may be said, the most important first."""

    terms: tuple[Term, ...] = ()
    prompt: str = ""  # those of them that Whisper is told to expect


@dataclass(frozen=True, slots=True)
class Word:
    """One word as written, with its punctuation and without spaces around it."""

    text: str
    start: float
    end: float
    probability: float | None = None  # None: the source does not say (captions)
    # What was heard, where `text` is a correction. Of several words that were corrected together
    # the first holds all that was heard, the others "". None: it stands as it was heard.
    heard: str | None = None

    def __post_init__(self) -> None:
        _runs_forwards(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice sounding from start to end. Voices may overlap."""

    speaker: str  # "S1", "S2" ...; in Transcript.voices the name that the captions give
    start: float
    end: float

    def __post_init__(self) -> None:
        _runs_forwards(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Foreign:
    """Words that were spoken in another language than the rest, or that are a translation."""

    words: tuple[int, int]  # first and last
    language: str  # that was spoken
    translated: bool = False  # the words are Whisper's English, not what was said


@dataclass(frozen=True, slots=True)
class Transcript:
    """Everything that was said, in order."""

    language: str
    source: Literal["whisper", "captions"]
    engine: str
    model: str | None
    words: tuple[Word, ...]
    voices: tuple[Voice, ...] = ()  # only where the captions say who speaks
    # Words with which somebody else begins to speak, where captions mark that and name nobody.
    changes: tuple[int, ...] = ()
    foreign: tuple[Foreign, ...] = ()


@dataclass(frozen=True, slots=True)
class Voices:
    """Who sounds when."""

    engine: str
    spans: tuple[Voice, ...]  # by start
    proven: bool = True  # False: guessed from the text alone; nobody is credited by name on it
    called: tuple[tuple[str, str], ...] = ()  # (speaker, the name that captions give the voice)
    doubts: tuple[str, ...] = ()  # why a person should look, in words


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker holding the floor."""

    id: str  # "t1", "t2" ...
    speaker: str  # "S1" ...
    start: float
    end: float
    text: str
    words: tuple[int, int]  # first and last word, as indexes into Transcript.words
    aside: bool = False  # "Mm-hm." between two turns of somebody else, who goes on speaking

    def __post_init__(self) -> None:
        _runs_forwards(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Turns:
    """Who said what. Every word of the transcript is in exactly one turn."""

    turns: tuple[Turn, ...]
    doubtful: tuple[int, ...] = ()  # words near a change of speaker whose owner is unsure
    proven: bool = True  # see Voices.proven
    called: tuple[tuple[str, str], ...] = ()  # (speaker, the name that captions give the voice)
    doubts: tuple[str, ...] = ()  # see Voices.doubts


@dataclass(frozen=True, slots=True)
class KnownVoice:
    """A host as earlier videos of the channel sounded, where remembering is switched on."""

    person: str
    videos: int  # that it was learnt from
    point: tuple[float, ...]  # of unit length


@dataclass(frozen=True, slots=True)
class Familiar:
    """A voice that sounds like a known one."""

    voice: str  # "S1" ...
    person: str
    likeness: float  # cosine, two digits
    videos: int  # that the known voice was learnt from


@dataclass(frozen=True, slots=True)
class Remembered:
    """The hosts of this video whose voices were put into the channel's memory."""

    file: KeptPath
    video: str
    people: tuple[str, ...]  # none: nobody's name was certain enough


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person behind a voice."""

    id: str
    name: str | None  # None: not known; never invented
    role: Literal["host", "guest", "other"]
    seconds: float  # airtime
    evidence: tuple[str, ...] = ()  # why this name and this role, one reason each
    confidence: float = 0.0  # that the name is right, 0..1; 1 by hand, 0 without a name

    @property
    def called(self) -> str:
        """The name, or what stands for it: "the host", "the guest", "a speaker"."""
        return (
            self.name or {"host": "the host", "guest": "the guest", "other": "a speaker"}[self.role]
        )


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence worth reading: part of one turn."""

    id: str  # "t12.3": third sentence of turn t12
    turn: str
    speaker: str
    start: float
    end: float
    text: str  # without "um" and "uh"; otherwise as said
    words: tuple[int, int]  # verbatim span in Transcript.words
    doubtful: bool = False  # holds words that were hard to hear or to attribute: never quoted


@dataclass(frozen=True, slots=True)
class Dropped:
    """What `edit` took out, and why."""

    turn: str
    start: float
    end: float
    text: str
    reason: str
    words: tuple[int, int] | None = None  # verbatim span in Transcript.words


@dataclass(frozen=True, slots=True)
class Edited:
    """The sentences worth reading, and those left out; every turn is in one, or in both."""

    sentences: tuple[Sentence, ...]
    dropped: tuple[Dropped, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """What a stretch of the interview is about."""

    id: str  # "T1" ...
    title: str
    start: float
    end: float
    turns: tuple[str, str]  # ids of the first and the last turn
    source: Literal["chapters", "found"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of an answer, with the turns it rests on."""

    text: str
    kind: Literal["quote", "paraphrase"]
    speaker: str
    cites: tuple[str, ...]  # turn ids
    start: float
    end: float
    words: tuple[int, int] | None = None  # of a quote: its verbatim span


@dataclass(frozen=True, slots=True)
class Question:
    """A question the host asked, and what was answered."""

    text: str
    from_turns: tuple[str, ...]
    start: float
    answer: tuple[Statement, ...]
    words: tuple[int, int] | None = None  # verbatim span of the question, where it is verbatim
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """Something that was said in answer, that can be read alone: what every style is made of."""

    id: str  # "P1" ...
    speaker: str
    claim: tuple[Statement, ...]  # neighbouring sentences; each cites its turn
    topic: str | None
    weight: float  # how much a reader would miss it
    asked: Question | None = None  # what it answers, where that is known; without its answer
    alone: bool = True  # False: it needs its question printed


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, an item of a list or a pull quote: one speaker, led to by the narrator."""

    form: Literal["paragraph", "item", "pull"]
    lead: str  # the narrator's words: "Lind said:"
    said: tuple[Statement, ...]
    asked: Question | None = None  # the question that the lead repeats; without its answer


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of an article under one heading, as a part of its style asks for it."""

    part: int  # which of the style's parts, from 0
    heading: str  # "": none
    passages: tuple[Passage, ...]
    topic: str | None = None
    above: str = ""  # the part's own heading, over the first of its topics
    list_lead: str = ""  # the narrator's words before the items


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A topic that is not in the article."""

    title: str
    start: float
    end: float
    reason: str


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the link list."""

    title: str
    url: str | None
    start: float | None = None


@dataclass(frozen=True, slots=True)
class Fallback:
    """An answer that the language model should have reworded, and that quotes instead."""

    question: int  # from 1
    reason: str
    may_pass: bool = False  # the server was down: another run tries again


@dataclass(frozen=True, slots=True)
class Article:
    """What a reader gets."""

    style: str
    title: str
    standfirst: str
    opener: str
    questions: tuple[Question, ...]
    closing: str
    links: tuple[Link, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    writer: str = "extract"
    answer_label: str = "Answer:"  # what stands before an answer
    sections: tuple[Section, ...] = ()  # of the styles that are no questions and answers
    opener_heading: str = ""
    closing_heading: str = ""
    links_heading: str = "Links"
    fallbacks: tuple[Fallback, ...] = ()

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Everything in it that somebody said, in the order of print."""
        answers = (question.answer for question in self.questions)
        passages = (passage.said for section in self.sections for passage in section.passages)
        return tuple(itertools.chain.from_iterable((*answers, *passages)))


@dataclass(frozen=True, slots=True)
class Check:
    """One thing `verify` looked into, and what it found wrong."""

    name: str
    passed: bool
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the interview is in the article."""

    topics: int
    topics_covered: int
    thirds: tuple[bool, bool, bool]  # is each third of the interview represented?
    quoted_seconds: float
    speech_seconds: float
    turns: int
    turns_kept: int
    turns_dropped: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What could be proven of an article, and what could not."""

    status: Literal["ready", "needs_review"]
    checks: tuple[Check, ...]
    coverage: Coverage
    reasons: tuple[str, ...] = ()  # why a person should look, in words
    corrected: int = 0  # words of misheard names that were spelled anew, see Word.heard
    notes: tuple[str, ...] = ()  # what is no fault, and should be known: Article.fallbacks


@dataclass(frozen=True, slots=True)
class Written:
    """An article in one more style, beside the main one."""

    article: Article
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Interview:
    """Everything there is about one recording: what its pages are made of."""

    video: Video
    audio: Audio | None  # None: captions only
    transcript: Transcript
    voices: Voices
    turns: Turns
    speakers: tuple[Speaker, ...]
    edited: Edited
    topics: tuple[Topic, ...]
    article: Article
    receipt: Receipt
    others: tuple[Written, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One rendered file."""

    name: str  # below the folder: "article.md", "data/video.json"
    sha256: str


@dataclass(frozen=True, slots=True)
class Pages:
    """All that a published folder will hold."""

    folder: KeptPath
    files: tuple[Page, ...]
    audio: KeptPath | None  # goes in as audio.<ext>
    status: Literal["ready", "needs_review"]


@dataclass(frozen=True, slots=True)
class Published:
    """Where the article is."""

    folder: KeptPath
    article: KeptPath
    status: Literal["ready", "needs_review"]
