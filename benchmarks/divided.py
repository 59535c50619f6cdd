"""Talk whose topics are known: published test sets, interviews with the publisher's chapters."""

import itertools
import json
import os
import re
import tarfile
import tempfile
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.attribute import attribute
from pipeline.config import AttributeOptions, EditOptions, IdentifyOptions, TranscribeOptions
from pipeline.edit import edit
from pipeline.engines.hearing.captions import Captions
from pipeline.engines.voices import text_voices
from pipeline.identify import identify
from pipeline.model import Edited, Speaker, Transcript, Turn, Turns, Video, Word

ROOT = Path(__file__).parent.parent
PACE = 0.4  # seconds a word, where a set tells no times

Said = tuple[str, str, float | None]  # who, what, when; None: right after what was said before


@dataclass(frozen=True)
class Divided:
    """A talk, and the turns at which its topics begin, the first one's apart."""

    group: str  # set that it is part of
    name: str
    video: Video  # without chapters: the stage is to find them
    transcript: Transcript
    turns: Turns
    begins: tuple[int, ...]  # places of turns
    seconds: tuple[float, ...]  # and when that is

    def prepared(self) -> tuple[Edited, tuple[Speaker, ...]]:
        """What the stages before the outline make of it."""
        speakers = identify(self.video, self.turns, (), IdentifyOptions())
        return edit(self.video, self.transcript, self.turns, speakers, EditOptions()), speakers


@dataclass(frozen=True)
class Group:
    """A set of talks."""

    name: str
    about: str
    tolerance: float  # seconds by which a boundary may be off; 0: it must be the very turn
    talks: Callable[[Path, int], Iterator[Divided]]  # of the folder, only each so-manieth


def groups() -> dict[str, Group]:
    """The sets that are there, by name; the bundled sample always is."""
    data = evaluation_data()
    there = [group for group in GROUPS if group.name == "sample" or data.is_dir()]
    return {group.name: group for group in there}


def evaluation_data() -> Path:
    """Where the sets lie: beside the project, or where MYTAKE_DATA says."""
    return Path(os.environ.get("MYTAKE_DATA", ROOT.parent / "shared" / "data"))


# --- what was said -> a talk ---


def _divided(group: str, name: str, said: Sequence[Said], begins: Iterable[int]) -> Divided:
    transcript, turns = talk(said)
    places = tuple(sorted({place for place in begins if 0 < place < len(turns.turns)}))
    seconds = tuple(turns.turns[place].start for place in places)
    return Divided(group, name, Video(name, None, name), transcript, turns, places, seconds)


def talk(said: Sequence[Said]) -> tuple[Transcript, Turns]:
    """Words and turns; where times are known, the words of a turn are spread up to the next one."""
    ids: dict[str, str] = {}
    words: list[Word] = []
    turns: list[Turn] = []
    clock = 0.0
    for number, (who, text, start) in enumerate(said):
        texts = text.split() or ["…"]
        clock = max(clock, start or 0.0)
        later = next((when for _, _, when in said[number + 1 :] if when is not None), None)
        room = (later - clock) / len(texts) if start is not None and later else PACE
        step = min(max(room, 0.05), 2 * PACE)
        first = len(words)
        for word in texts:
            words.append(Word(word, round(clock, 3), round(clock + 0.9 * step, 3)))
            clock += step
        voice = ids.setdefault(who, f"S{len(ids) + 1}")
        last = len(words) - 1
        at = words[first].start, words[last].end
        turns.append(Turn(f"t{number + 1}", voice, *at, " ".join(texts), (first, last)))
    named = tuple((voice, who) for who, voice in ids.items() if who)
    transcript = Transcript("en", "captions", "captions", None, tuple(words))
    return transcript, Turns(tuple(turns), called=named)


# --- published sets ---


def _qmsum(data: Path, each: int) -> Iterator[Divided]:
    """Meetings: a boundary is where one of the annotated spans begins."""
    for file in sorted((data / "topicseg" / "qmsum_val").glob("*.json"))[::each]:
        told = json.loads(file.read_text(encoding="utf-8"))
        said = [(turn["speaker"], turn["content"], None) for turn in told["meeting_transcripts"]]
        spans = [span for topic in told["topic_list"] for span in topic["relevant_text_span"]]
        begins = sorted({int(first) for first, _ in spans})
        yield _divided("QMSum", file.stem, said, begins[1:])


def _tinyrec(data: Path, each: int) -> Iterator[Divided]:
    """Work sessions: the coarse spans; what was shown and clicked is not what was said."""
    for file in sorted((data / "topicseg" / "tinyrec").glob("*_anno.json"))[::each]:
        (marked,) = json.loads(file.read_text(encoding="utf-8")).values()
        spoken = file.with_name(file.name.replace("_anno", ""))
        (session,) = json.loads(spoken.read_text(encoding="utf-8")).values()
        places = [place for place, entry in enumerate(session["entries"]) if "doc" in entry]
        entries = [session["entries"][place] for place in places]
        said = [(entry["composite"].split(":")[0], entry["doc"], None) for entry in entries]
        begins = [bisect_left(places, first) for first, _, _ in marked["coarse"][1:]]
        yield _divided("TinyRec", file.stem[:8], said, begins)


def _choi(data: Path, each: int) -> Iterator[Divided]:
    """Pieces of ten texts of the Brown corpus, one after the other; a turn is a sentence."""
    with tarfile.open(data / "topicseg" / "choi_920.tar.gz") as packed:
        names = sorted(name for name in packed.getnames() if name.endswith(".ref"))
        for name in names[::each]:
            file = packed.extractfile(name)
            text = file.read().decode("utf-8", "replace") if file else ""
            parts = [part.strip().splitlines() for part in re.split(r"^=+$", text, flags=re.M)]
            yield _joined("Choi", name, [part for part in parts if part])


def _dialseg(data: Path, each: int) -> Iterator[Divided]:
    """Conversations with a booking service, some of them joined to one."""
    talks = json.loads((data / "topicseg" / "dialseg_711.json").read_text(encoding="utf-8"))
    for told in talks[::each]:
        lines = iter(told["utterances"])
        parts = [list(itertools.islice(lines, length)) for length in told["segments"]]
        yield _joined("DialSeg711", str(told["dial_id"]), parts)


def _joined(group: str, name: str, parts: Sequence[Sequence[str]]) -> Divided:
    begins = itertools.accumulate(len(part) for part in parts[:-1])
    said = [("", line, None) for part in parts for line in part]
    return _divided(group, name, said, begins)


# --- interviews with chapters ---


def _lex(data: Path, each: int) -> Iterator[Divided]:
    """Turns with names and times; the first line of the text file tells the title."""
    for file in sorted((data / "transcripts").glob("lex_*.parsed.json"))[::each]:
        told = json.loads(file.read_text(encoding="utf-8"))
        said = [(turn["speaker"], turn["text"], turn["start"]) for turn in told["turns"]]
        title = (data / "transcripts" / f"{file.name.split('.')[0]}.txt").read_text("utf-8")
        starts = [start for start, _ in told["chapters"]]
        transcript, turns = talk(said)
        yield _chaptered("Lex", title, starts, transcript, turns)


def _captions(data: Path, each: int) -> Iterator[Divided]:
    """Captions that name nobody: the publisher's, and machine-made ones without punctuation."""
    folder = data / "transcripts"
    for name, captions, chapters in (
        ("dwarkesh_zuckerberg_2024", ".json3.json", ".chapters.json"),
        ("lex_416", ".youtube_auto.srt", ".parsed.json"),
    )[::each]:
        transcript, turns = read((folder / f"{name}{captions}").read_text(encoding="utf-8"))
        told = json.loads((folder / f"{name}{chapters}").read_text(encoding="utf-8"))
        starts = [start for start, _ in told["chapters"]]
        yield _chaptered("captions", name, starts, transcript, turns)


def read(captions: str) -> tuple[Transcript, Turns]:
    """Captions as `mytake run` reads them."""
    if captions.startswith("{"):  # YouTube's json3, in what fetched it
        told = json.loads(captions)
        captions = json.dumps(told.get("payload", told))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "captions"
        file.write_text(captions, encoding="utf-8")
        transcript = Captions().transcribe(file, TranscribeOptions(), lambda _: None)
    voices = text_voices.guess(transcript.words, transcript.changes)
    return transcript, attribute(transcript, voices, None, AttributeOptions())


def _chaptered(
    group: str, title: str, starts: Sequence[float], transcript: Transcript, turns: Turns
) -> Divided:
    title = title.splitlines()[0].removeprefix("# ").split(" – ")[-1]
    # A chapter's second is rounded down: its turn may begin a little later, hardly ever earlier.
    at = [turn.start for turn in turns.turns]
    seconds = tuple(sorted(starts))[1:]
    begins = tuple(sorted({bisect_left(at, second - 2) for second in seconds}))
    begins = tuple(place for place in begins if 0 < place < len(at))
    video = Video(title[:20], None, title, channel="Lex Fridman" if "Lex" in title else None)
    return Divided(group, title, video, transcript, turns, begins, seconds)


def _sample(_data: Path, _each: int) -> Iterator[Divided]:
    """The bundled interview, whose topics its script names."""
    told: dict[str, Any] = json.loads(
        (ROOT / "tests" / "sample" / "truth.json").read_text(encoding="utf-8")
    )
    named = [turn.get("topic") for turn in told["turns"]]
    said = [
        (turn["speaker"], " ".join(word["text"] for word in turn["words"]), turn["start"])
        for turn in told["turns"]
    ]
    begins = [n for n in range(1, len(named)) if named[n] and named[n] != named[n - 1]]
    yield _divided("sample", "tide-mill", said, begins)


GROUPS: tuple[Group, ...] = (
    Group("sample", "the bundled interview", 5, _sample),
    Group("Lex", "interviews, turns with names; the publisher's chapters", 60, _lex),
    Group("captions", "captions that name no speaker; the publisher's chapters", 60, _captions),
    Group("QMSum", "meetings", 60, _qmsum),
    Group("TinyRec", "work sessions", 60, _tinyrec),
    Group("DialSeg711", "short conversations, joined", 0, _dialseg),
    Group("Choi", "pieces of written texts, joined", 0, _choi),
)
