"""Interviews that are written up: the bundled sample, and ../shared/data where it is there.

Each becomes what mytake is given on its command line: a captions file and a yt-dlp .info.json. The
texts of ../shared/data belong to others: they are read where they lie and never kept here.
"""

import csv
import html
import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SAMPLE = Path(__file__).parent.parent / "tests" / "sample"
DATA = Path(__file__).parent.parent.parent / "shared" / "data" / "transcripts"

PER_WORD = 0.35  # seconds, where nobody wrote down when something was said

Turn = tuple[str, float | None, str]  # who, when, what
Facts = dict[str, Any]  # as yt-dlp's .info.json names them


@dataclass(frozen=True)
class Interview:
    """What mytake is given."""

    name: str
    captions: Path
    info: Path


def interviews(folder: Path) -> dict[str, Interview]:
    """By name; their files are put into `folder`. Says on stderr what is skipped."""
    found = [_sample(folder)]
    if DATA.is_dir():
        for file in sorted(DATA.iterdir()):
            read = next((read for end, read in READERS if file.name.endswith(end)), None)
            found += [read(file, folder)] if read else []
    else:
        print("skipped: no evaluation data", file=sys.stderr)
    return {each.name: each for each in found}


# --- each kind of file ---


def _sample(folder: Path) -> Interview:
    truth = json.loads((SAMPLE / "truth.json").read_text("utf-8"))
    names = {one["id"]: one["name"] for one in truth["speakers"]}
    turns = [(names[one["speaker"]], one["start"], one["text"]) for one in truth["turns"]]
    info = json.loads((SAMPLE / "tide-mill.info.json").read_text("utf-8"))
    return _laid(folder, "sample", turns, info)


def _lex(file: Path, folder: Path) -> Interview:
    told = json.loads(file.read_text("utf-8"))
    turns = [(one["speaker"], float(one["start"]), one["text"]) for one in told["turns"]]
    page = file.with_name(file.name.replace(".parsed.json", ".txt")).read_text("utf-8")
    facts = {"title": page.splitlines()[0].lstrip("# "), "channel": "Lex Fridman"}
    chapters = [(start, title) for start, title in told["chapters"]]
    return _laid(folder, _name(file), turns, facts, chapters)


def _json3(file: Path, folder: Path) -> Interview:
    """The publisher's captions as YouTube gives them: nobody is named in them."""
    name = _name(file)
    meta = yaml.safe_load(
        file.with_name(f"{name}.meta.md").read_text("utf-8").split("\n---")[0].lstrip("-")
    )
    told = json.loads(file.with_name(f"{name}.chapters.json").read_text("utf-8"))
    checked = "checked" in told["timeline"]  # else they are those of another cut
    chapters = [(start, title) for start, title in told["chapters"]] if checked else []
    captions = folder / f"{name}.json3"
    payload = json.loads(file.read_text("utf-8"))["payload"]
    captions.write_text(json.dumps(payload), encoding="utf-8")
    last = payload["events"][-1]
    facts = {
        "title": meta["title"],
        "channel": "Dwarkesh Patel",
        "upload_date": str(meta["published_at"])[:10].replace("-", ""),
    }
    return _with_info(folder, name, captions, facts, chapters, last["tStartMs"] / 1000 + 5)


def _captions(file: Path, folder: Path) -> Interview:
    """As it lies there."""
    name = file.name.rpartition(".")[0]
    return _with_info(folder, name, file, {"title": _words(name)}, (), None)


def _bold(file: Path, folder: Path) -> Interview:
    """**Ada Lovelace:** What she said."""
    found = re.findall(r"^\*\*(.+?):\*\* (.+)$", file.read_text("utf-8"), re.MULTILINE)
    return _laid(folder, _name(file), [(who, None, text) for who, text in found], {})


def _stamped(file: Path, folder: Path) -> Interview:
    """Ada Lovelace (00:01:02): and below it what she said."""
    facts, text = _front_matter(file)
    turns: list[Turn] = []
    who, start = "", 0.0
    for line in text.partition("## Transcript")[2].splitlines():
        if stamp := re.fullmatch(r"(.*?) ?\((\d+):(\d+):(\d+)\):", line.strip()):
            hours, minutes, seconds = map(int, stamp.groups()[1:])
            who, start = stamp[1] or who, hours * 3600 + minutes * 60 + seconds
        elif line.strip():
            turns.append((who, start, line.strip()))
    listed = re.findall(r"^\((?:(\d+):)?(\d+):(\d+)\) (.+)$", facts["description"], re.MULTILINE)
    chapters = [(int(h or 0) * 3600 + int(m) * 60 + int(s), title) for h, m, s, title in listed]
    return _laid(folder, _name(file), turns, facts, chapters)


def _above(file: Path, folder: Path) -> Interview:
    """Ada Lovelace: on a line of its own, and below it what she said."""
    facts, text = _front_matter(file)
    turns: list[Turn] = []
    who = ""
    for line in text.splitlines():
        if re.fullmatch(r"[A-Z][\w.]+( [A-Z][\w.]+){1,2}:", line.strip()):
            who = line.strip(" :")
        elif line.strip() and who:
            turns.append((who, None, line.strip()))
    return _laid(folder, _name(file), turns, facts)


def _rows(file: Path, folder: Path) -> Interview:
    """speaker,words,…: names in full once, then their first letters."""
    with file.open(encoding="utf-8", newline="") as rows:
        read = [(row["speaker"].strip(" :"), row["words"]) for row in csv.DictReader(rows)]
    whole = {"".join(part[0] for part in who.split()): who for who, _ in read if " " in who}
    turns, who = list[Turn](), ""
    for said, text in read:
        who = whole.get(said, said) or who
        turns.append((who, None, html.unescape(text)))
    return _laid(folder, _name(file), turns, {})


READERS: Sequence[tuple[str, Callable[[Path, Path], Interview]]] = (
    (".parsed.json", _lex),
    (".json3.json", _json3),
    (".vtt", _captions),
    (".srt", _captions),
    ("-zlokazov.md", _stamped),
    ("-decker.md", _above),
    (".csv", _rows),
    ("-96.md", _bold),
    ("-594.md", _bold),
)


# --- what they become ---


def _laid(
    folder: Path,
    name: str,
    turns: Sequence[Turn],
    facts: Facts,
    chapters: Sequence[tuple[float, str]] = (),
) -> Interview:
    """Captions that say who speaks."""
    captions = folder / f"{name}.vtt"
    cues = list(_cues(turns))
    lines = (
        f"{_clock(start)} --> {_clock(end)}\n<v {html.escape(who)}>{html.escape(text)}\n"
        for who, start, end, text in cues
    )
    captions.write_text("WEBVTT\n\n" + "\n".join(lines), encoding="utf-8")
    return _with_info(folder, name, captions, facts, chapters, cues[-1][2])


def _cues(turns: Sequence[Turn]) -> Iterator[tuple[str, float, float, str]]:
    """When each begins and ends: at the next one, or when its words have been said."""
    starts = [start for _, start, _ in turns]
    latest = 0.0
    for place, (who, start, said) in enumerate(turns):
        text = " ".join(said.split())
        begins = max(start or 0.0, latest + 0.01)
        after = next((one for one in starts[place + 1 :] if one is not None), None)
        ends = begins + PER_WORD * len(text.split()) if after is None else max(after, begins + 0.01)
        latest = begins if after is not None else ends
        if text:
            yield who, begins, ends, text


def _with_info(
    folder: Path,
    name: str,
    captions: Path,
    facts: Facts,
    chapters: Sequence[tuple[float, str]],
    lasts: float | None,
) -> Interview:
    ends = [start for start, _ in chapters[1:]] + [lasts]
    told = [
        {"start_time": start, "end_time": end, "title": title}
        for (start, title), end in zip(chapters, ends, strict=False)
    ]
    info = {"id": name, "title": _words(name), "language": "en"} | facts
    info |= {"chapters": told} if told else {}
    info |= {"duration": lasts} if lasts and not info.get("duration") else {}
    file = folder / f"{name}.info.json"
    file.write_text(json.dumps(info), encoding="utf-8")
    return Interview(name, captions, file)


def _front_matter(file: Path) -> tuple[Facts, str]:
    _, head, text = file.read_text("utf-8").split("---\n", 2)
    read = yaml.safe_load(head)
    day = str(read.get("publish_date") or read.get("date") or "").replace("-", "")
    facts = {"title": read["title"], "description": read.get("description", "")}
    return facts | {"channel": read.get("channel"), "upload_date": day}, text


def _name(file: Path) -> str:
    return file.name.partition(".")[0]


def _words(name: str) -> str:
    return re.sub(r"[-_]+", " ", name)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
