"""Who spoke when, as small pictures: a strip for the shelf, a chart with links for the desk."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.engines.moments import clock
from pipeline.model import Interview, Topic

COLUMNS = 96  # of a strip
WIDTH = 1000.0  # of the chart, in units of its own
NEAR = 1.2  # units: two bars closer than that are one
TICKS = (15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
MOST_TICKS = 12
COLOURS = 6  # that the style sheet has


def lasts(known: Interview) -> float:
    """Seconds, at least one."""
    end = known.turns.turns[-1].end if known.turns.turns else 0.0
    heard = known.audio.duration if known.audio else 0.0
    return max(1.0, end, heard, known.video.duration or 0.0)


def draw(known: Interview) -> str:
    """One letter a column: h host, g guest, o other, a capital where the article quotes, - nobody.

    The shelf makes bars of it; a letter says it all.
    """
    role = {speaker.id: speaker.role[0] for speaker in known.speakers}
    seconds = lasts(known) / COLUMNS
    columns = ["-"] * COLUMNS
    for turn in known.turns.turns:
        for column in _columns(turn.start, turn.end, seconds):
            columns[column] = role.get(turn.speaker, "o")
    for said in known.article.statements:
        for column in _columns(said.start, said.end, seconds):
            columns[column] = role.get(said.speaker, "o").upper()
    return "".join(columns)


def _columns(start: float, end: float, seconds: float) -> range:
    last = max(start, end - 0.01)
    return range(min(COLUMNS - 1, int(start / seconds)), min(COLUMNS, int(last / seconds) + 1))


def runs(strip: str) -> list[tuple[int, int, str]]:
    """Place, length and kind of each bar of a strip.

    >>> runs("hhGG-")
    [(0, 2, 'h'), (2, 2, 'G'), (4, 1, '-')]
    """
    found: list[tuple[int, int, str]] = []
    for place, kind in enumerate(strip):
        if found and found[-1][2] == kind:
            found[-1] = (found[-1][0], found[-1][1] + 1, kind)
        else:
            found.append((place, 1, kind))
    return found


# --- the chart of the desk ---


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of a lane."""

    x: float
    width: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Lane:
    """One speaker."""

    name: str
    colour: int
    y: int
    said: tuple[Bar, ...]
    quoted: tuple[Bar, ...]
    dropped: tuple[tuple[Bar, str], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One topic."""

    title: str
    bar: Bar
    covered: bool
    told: str
    short: str  # as much of the title as fits; none where not even that does


@dataclass(frozen=True, slots=True)
class Chart:
    """All of it."""

    seconds: float
    height: int
    topics: tuple[Part, ...]
    lanes: tuple[Lane, ...]
    ticks: tuple[tuple[float, str], ...]


LANE, TOPICS = 26, 40  # units high


def chart(known: Interview) -> Chart:
    """Topics above, a lane for each speaker, those who speak most on top."""
    seconds = lasts(known)
    airtime = {speaker.id: speaker.seconds for speaker in known.speakers}
    called = {speaker.id: speaker.called for speaker in known.speakers}
    ids = sorted({turn.speaker for turn in known.turns.turns}, key=lambda s: -airtime.get(s, 0))
    lanes = tuple(
        _lane(known, speaker, called.get(speaker, speaker), number, seconds)
        for number, speaker in enumerate(ids)
    )
    step = next((s for s in TICKS if seconds / s <= MOST_TICKS), 4 * TICKS[-1])
    ticks = tuple(
        (round(tick / seconds * WIDTH, 1), clock(tick)) for tick in range(0, int(seconds), step)
    )
    covered = [said.start for said in known.article.statements]
    topics = tuple(_part(topic, covered, seconds) for topic in known.topics)
    return Chart(seconds, TOPICS + LANE * len(lanes) + 18, topics, lanes, ticks)


def _lane(known: Interview, speaker: str, name: str, number: int, seconds: float) -> Lane:
    turns = {turn.id: turn for turn in known.turns.turns if turn.speaker == speaker}
    said = [(turn.start, turn.end) for turn in turns.values()]
    quoted = [(s.start, s.end) for s in known.article.statements if s.speaker == speaker]
    dropped = tuple(
        (_bar(gone.start, gone.end, seconds), gone.reason)
        for gone in known.edited.dropped
        if gone.turn in turns and gone.end - gone.start >= 3
    )
    return Lane(
        name[:1].upper() + name[1:],
        min(number, COLOURS - 1),
        TOPICS + LANE * number,
        _bars(said, seconds),
        _bars(quoted, seconds),
        dropped,
    )


def _part(topic: Topic, covered: Sequence[float], seconds: float) -> Part:
    is_in = any(topic.start <= second < max(topic.end, topic.start + 0.01) for second in covered)
    told = f"{topic.title}, {clock(topic.start)} to {clock(topic.end)}"
    bar = _bar(topic.start, topic.end, seconds)
    room = int((bar.width - 8) / 6.3)  # a letter at this size
    fits = topic.title if len(topic.title) <= room else topic.title[: room - 1].rstrip() + "…"
    short = fits if room >= 4 else ""
    return Part(topic.title, bar, is_in, told + ("" if is_in else " (left out)"), short)


def _bar(start: float, end: float, seconds: float) -> Bar:
    x = min(start, seconds) / seconds * WIDTH
    width = max(1.0, (min(end, seconds) - start) / seconds * WIDTH)
    return Bar(round(x, 1), round(width, 1), start, end)


def _bars(spans: Sequence[tuple[float, float]], seconds: float) -> tuple[Bar, ...]:
    """Spans so near that they touch become one."""
    near = NEAR * seconds / WIDTH
    joined: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if joined and start - joined[-1][1] < near:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(_bar(start, end, seconds) for start, end in joined)
