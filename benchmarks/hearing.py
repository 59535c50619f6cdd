"""How well is heard, and at what price: mytake and its peers side by side, as Markdown.

    python -m benchmarks.hearing                  mytake alone, on all recordings there are
    python -m benchmarks.hearing --peers all      everybody else too; or quick, or their names
    python -m benchmarks.hearing sample aws       recordings whose names hold one of these, for all
    python -m benchmarks.hearing --only voices    one part of: words, voices, who, invention
    python -m benchmarks.hearing --starts 4       each four times, beginning a little later
    python -m benchmarks.hearing --given          tell the diarizers how many people speak
    python -m benchmarks.hearing --long           three hours in one go: its seconds and bytes
    python -m benchmarks.hearing --write PAGE.md  put the tables between their marks there
    python -m benchmarks.hearing --keep FOLDER    keep what everybody said: FOLDER/CALL
    python -m benchmarks.hearing --again F/CALL   print that once more

`make bench-hearing` installs the peers and runs all of it; docs/benchmarks.md tells what the
columns mean. Each contender runs in a process of its own, one after the other.
"""

import argparse
import json
import shlex
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

from benchmarks import made, measure, recordings, report, tables, weights
from benchmarks.contender import CONTENDERS
from benchmarks.measure import Bench, Run
from benchmarks.recordings import HEAD_TO_HEAD, Known
from benchmarks.score import der, labels, wrong_words
from pipeline.engines.audio.wav import Wav

__all__ = ["der", "labels", "main", "wrong_words"]

PARTS = ("words", "voices", "who", "invention")
# Seconds of each sound. Peers get one window of Whisper's: it takes some of them minutes.
INVENTED, BY_PEERS = 600, 30
ROUNDS = ("none", "quick", "all")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print. Exit 2 for a name that no recording has."""
    asked = _parser().parse_args(argv)
    sys.path.append(str(measure.PEERS))
    if {"voices", "who"} & set(asked.only) and not asked.long and not find_spec("pyannote"):
        _parser().error("voices are scored by pyannote.metrics: `make bench-hearing` installs it")
    with tempfile.TemporaryDirectory() as passing:
        if asked.again:
            known = recordings.recordings(Path(passing))
            about, runs = _kept(asked.again)
        else:
            bench = _bench(Path(passing), asked)
            made_here = _new(bench.folder / "made")
            known = _chosen(asked, recordings.recordings(made_here))
            known = {
                each.name: each
                for once in known.values()
                for each in recordings.starts(once, asked.starts, made_here)
            }
            about, runs = "", list[Run]()
            for run in _runs(bench, known, asked):
                what = f"failed: {run.failed}" if run.failed else f"{run.cpu:.1f} CPU s"
                print(f"{run.contender}, {run.recording}: {what}", file=sys.stderr, flush=True)
                runs.append(run)
                about = report.about(runs, _command(asked))
                _keep(bench.folder, about, runs)
        try:
            found = tables.parts(runs, known, {*asked.only, "long"})
        except report.MixedCalls as error:
            _parser().error(str(error))
    parts = {
        "starts" if asked.starts > 1 else part: "\n".join(lines).rstrip() + f"\n\n{about}"
        for part, lines in found.items()
    }
    print("\n\n".join(parts.values()))
    if asked.write:
        page = asked.write.read_text(encoding="utf-8")
        asked.write.write_text(report.put_into(page, parts), encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="parts of recordings' names; none: all")
    names = [name for name in CONTENDERS if CONTENDERS[name].library]
    parser.add_argument(
        "--peers", nargs="+", choices=[*ROUNDS, *names], default=["none"], metavar="ROUND_OR_NAME"
    )
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART")
    parser.add_argument("--threads", type=int, default=1, help="0: as each likes (default: 1)")
    parser.add_argument(
        "--starts", type=int, default=1, help="of each recording; with --only words"
    )
    parser.add_argument("--given", action="store_true")
    parser.add_argument("--long", action="store_true", help="only that")
    parser.add_argument("--hours", type=float, default=3.0, help="of --long")
    parser.add_argument("--write", type=Path, metavar="PAGE.md")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    parser.add_argument("--again", type=Path, nargs="+", metavar="FOLDER")
    return parser


def _command(asked: argparse.Namespace) -> str:
    """What was asked, without the folders of this machine."""
    words = ["python -m benchmarks.hearing", *map(shlex.quote, asked.names)]
    words += ["--peers", *asked.peers] if asked.peers != ["none"] else []
    words += ["--only", *asked.only] if asked.only != PARTS else []
    words += [f"--threads {asked.threads}"] if asked.threads != 1 else []
    words += [f"--starts {asked.starts}"] if asked.starts != 1 else []
    words += ["--given"] if asked.given else []
    words += [f"--long --hours {asked.hours:g}"] if asked.long else []
    return " ".join(words)


def _bench(passing: Path, asked: argparse.Namespace) -> Bench:
    bench = Bench(passing, passing / "weights", asked.threads, asked.given)
    folder = _new(asked.keep / bench.call) if asked.keep else passing
    if asked.keep:
        print(f"kept in {folder}", file=sys.stderr)
    bench = Bench(folder, _new(passing / "weights"), asked.threads, asked.given, bench.call)
    if _peers(asked.peers):
        weights.in_every_form(bench.weights)
    return bench


def _chosen(asked: argparse.Namespace, known: dict[str, Known]) -> dict[str, Known]:
    for name in asked.names:
        if not any(name in each for each in known):
            _parser().error(f"no recording is called like '{name}'; there are: {', '.join(known)}")
    if not asked.names:
        return known
    return {each: known[each] for each in known if any(name in each for name in asked.names)}


def _runs(bench: Bench, known: dict[str, Known], asked: argparse.Namespace) -> Iterator[Run]:
    """Recording by recording: what else the machine has to do meanwhile hits all alike."""
    wavs = {name: _decoded(each, bench.folder) for name, each in known.items()}
    if asked.long:
        yield _long(bench, wavs, asked.hours)
        return
    broken = set[str]()  # who failed on one recording would fail on the others
    for name, each in known.items():
        yield from _ours(bench, each, wavs[name], asked)
        for peer in _peers(asked.peers):
            if peer not in broken and name in _fitting(peer, known, asked):
                run = bench.run(peer, name, wavs[name], _length(wavs[name]), speakers=_count(each))
                broken |= {peer} if run.failed else set()
                yield run
    if "invention" in asked.only:
        yield from _inventions(bench, [peer for peer in _peers(asked.peers) if peer not in broken])


def _fitting(peer: str, known: dict[str, Known], asked: argparse.Namespace) -> list[str]:
    """What a peer gets: of words, which are not cheap to find, a few minutes or what is named."""
    if CONTENDERS[peer].gives == "voices":
        of_use = {"voices", "who"} & set(asked.only)
        many = [name for name in known if known[name].voices or known[name].people_known]
        return [name for name in many if name != "opening" and of_use]
    said = [name for name in known if known[name].said and "words" in asked.only]
    few = [name for name in said if name.partition("+")[0] in HEAD_TO_HEAD]
    return said if asked.names or not few else few


def _ours(bench: Bench, known: Known, wav: Path, asked: argparse.Namespace) -> Iterator[Run]:
    """mytake, on all there is; the opening of the sample is there only to be compared."""
    wanted, known_voices = set(asked.only), known.voices or known.people_known
    part = known.name == "opening" and asked.peers == ["none"]
    if not part and {"words", "who"} & wanted:
        yield _listen(bench, "mytake", known, wav)
    if known.name != "opening" and known_voices and {"voices", "who"} & wanted:
        yield _listen(bench, "mytake voices", known, wav, bool({"words", "who"} & wanted))
        if "who" in wanted:
            yield _listen(bench, "mytake who", known, wav)


def _inventions(bench: Bench, peers: Sequence[str]) -> Iterator[Run]:
    for kind in made.SOUNDS:
        for name in ("mytake", *(peer for peer in peers if CONTENDERS[peer].gives == "words")):
            seconds = INVENTED if name == "mytake" else BY_PEERS
            wav = made.write(kind, seconds, bench.folder / f"{kind}-{seconds}.wav")
            yield bench.run(name, f"made {kind}", wav, seconds)


def _long(bench: Bench, wavs: dict[str, Path], hours: float) -> Run:
    voices = [wav for name, wav in wavs.items() if name != "opening"]
    long = made.long(voices, hours, bench.folder / "long.wav")
    return bench.run("mytake article", "long mix", long, hours * 3600)


def _peers(asked: Sequence[str]) -> list[str]:
    rounds = [ROUNDS.index(name) for name in asked if name in ROUNDS]
    wanted = ROUNDS[1 : max(rounds, default=0) + 1]
    return [name for name, each in CONTENDERS.items() if each.peers in wanted or name in asked]


def _listen(
    bench: Bench, contender: str, known: Known, wav: Path, words_wanted: bool = True
) -> Run:
    """mytake decodes for itself, and reads what the publisher says."""
    video = known.video
    told = {"id": video.id, "title": video.title, "channel": video.channel}
    info = _new(bench.folder / "info") / f"{known.name}.info.json"
    info.write_text(json.dumps(told | {"description": video.description}), encoding="utf-8")
    return bench.run(
        contender,
        known.name,
        known.sound,
        _length(wav),
        info=info,
        speakers=_count(known),
        words_wanted=words_wanted,
    )


def _count(known: Known) -> int:
    return len({voice.speaker for voice in known.voices} or {who for who, _ in known.said})


def _decoded(known: Known, folder: Path) -> Path:
    target = _new(folder / "wavs") / f"{known.name}.wav"
    recordings.decode(target, [known.sound])
    return target


def _length(wav: Path) -> float:
    with Wav(wav) as open_wav:
        return open_wav.duration


def _new(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _keep(folder: Path, about: str, runs: Sequence[Run]) -> None:
    kept = {"about": about, "runs": [asdict(run) for run in runs]}
    (folder / "runs.json").write_text(json.dumps(kept), encoding="utf-8")


def _kept(folders: Sequence[Path]) -> tuple[str, list[Run]]:
    kept = [json.loads((folder / "runs.json").read_text(encoding="utf-8")) for folder in folders]
    return kept[0]["about"], [Run(**run) for each in kept for run in each["runs"]]


if __name__ == "__main__":
    sys.exit(main())
