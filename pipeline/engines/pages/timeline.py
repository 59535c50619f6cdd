"""Who spoke when, about what, and which seconds are in the article: one SVG, light and dark."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.engines.moments import clock
from pipeline.engines.outside import in_markup, plain
from pipeline.engines.pages.article import called
from pipeline.model import Interview, Topic

WIDTH, LEFT, RIGHT = 960, 132, 26
TOPIC_HEIGHT, LANE_HEIGHT, GAP = 34, 20, 8
TOP = 10

# Seconds between two ticks: the first that leaves room for the labels.
TICKS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
MOST_TICKS = 12

# (light, dark) for each lane in turn. Okabe and Ito's colours, told apart by the colour-blind,
# deepened for white paper and lightened for dark.
COLOURS = (
    ("#0072b2", "#4aa8e0"),
    ("#c65200", "#f08a3c"),
    ("#00805f", "#2fbf95"),
    ("#a8487f", "#dd8fbb"),
    ("#6b6b00", "#cfc24a"),
    ("#5f6670", "#a3abb5"),
)

# Of a long recording a pixel is many seconds and whole turns fall into one. Then a lane shows, in
# steps of this share of its height, how much of each pixel is that speaker's.
SECONDS_PER_PIXEL = 3.0
SHARES = 4
COLUMN = 2.0  # pixels
# Dropped passages shorter than this ("mm-hmm") would only be noise here.
SHORTEST_DROPPED = 3.0
# A quoted sentence is never too thin to see.
THINNEST_QUOTE = 2.0

_STYLE = """
.tl { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
.tl text { fill: #2b2f36; } .tl .faint { fill: #5c636e; }
.tl .topic { fill: #e6e9ee; stroke: #b9c0ca; } .tl .topic.out { fill: none; stroke-dasharray: 3 3; }
.tl .grid { stroke: #d5dae1; } .tl .base { fill: #8a93a0; opacity: .12; }
.tl .hatch { stroke: #8a93a0; } .tl .paper { fill: #fff; }
.tl .said { opacity: .38; }
"""
_DARK_STYLE = """
.tl text { fill: #e4e7ec; } .tl .faint { fill: #a3abb5; }
.tl .topic { fill: #2a3039; stroke: #4b5461; }
.tl .grid { stroke: #373e49; } .tl .paper { fill: #16191e; }
"""

Span = tuple[float, float]
Bar = tuple[float, float, float]  # x, width, share of the lane's height


@dataclass(frozen=True, slots=True)
class Scale:
    """Seconds to pixels."""

    duration: float

    @property
    def pixels(self) -> float:
        """Per second."""
        return (WIDTH - LEFT - RIGHT) / self.duration

    def x(self, seconds: float) -> float:
        """Where this second is; the end of the picture for what lies beyond."""
        return LEFT + min(seconds, self.duration) * self.pixels


def draw(interview: Interview) -> str:
    """The picture as one SVG file, which also stands within HTML."""
    scale = Scale(_duration(interview))
    lanes = _lanes(interview)
    lanes_top = TOP + (TOPIC_HEIGHT + GAP if interview.topics else 0)
    axis_top = lanes_top + len(lanes) * (LANE_HEIGHT + GAP)
    height = axis_top + 52
    title = f"Who spoke when in {plain(interview.article.title)}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="tl" role="img" width="{WIDTH}" '
        f'height="{height}" viewBox="0 0 {WIDTH} {height}">',
        f"<title>{in_markup(title)}</title>",
        f"<style>{_style(len(lanes))}</style>",
        '<defs><pattern id="tl-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path d="M0 0v6" class="hatch" stroke-width="2"/>'
        "</pattern></defs>",
        # Paper of its own: a dark picture may be shown on a white page.
        f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
        *_axis(scale, TOP, axis_top),
        *_topics(interview, scale),
        *(
            part
            for number, lane in enumerate(lanes)
            for part in _lane(
                interview, lane, number, lanes_top + number * (LANE_HEIGHT + GAP), scale
            )
        ),
        *_legend(interview, axis_top + 40),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _duration(interview: Interview) -> float:
    said = (interview.video.duration, interview.audio.duration if interview.audio else None)
    ends = (turn.end for turn in interview.turns.turns)
    return max([1.0, *ends, *(seconds for seconds in said if seconds)])


def _style(lanes: int) -> str:
    light = [f".tl .c{n} {{ fill: {_colour(n)[0]}; }}" for n in range(lanes)]
    dark = [f".tl .c{n} {{ fill: {_colour(n)[1]}; }}" for n in range(lanes)]
    wants_dark = "@media (prefers-color-scheme: dark) {"
    return "\n".join([_STYLE, *light, wants_dark, _DARK_STYLE, *dark, "}"])


def _colour(lane: int) -> tuple[str, str]:
    return COLOURS[min(lane, len(COLOURS) - 1)]


# --- the lanes ---


def _lanes(interview: Interview) -> list[str]:
    """Speaker ids, those who speak most on top."""
    spoken = dict.fromkeys(turn.speaker for turn in interview.turns.turns)
    airtime = {speaker.id: speaker.seconds for speaker in interview.speakers}
    return sorted(spoken, key=lambda speaker: -airtime.get(speaker, 0))


def _lane(interview: Interview, speaker: str, number: int, y: float, scale: Scale) -> Iterator[str]:
    turns = {turn.id: turn for turn in interview.turns.turns if turn.speaker == speaker}
    said = [(turn.start, turn.end) for turn in turns.values()]
    quoted = [
        (statement.start, statement.end)
        for statement in interview.article.statements
        if statement.speaker == speaker
    ]
    name = called(interview, speaker)
    name = name[:1].upper() + name[1:]
    middle = y + LANE_HEIGHT / 2 + 4
    yield f'<text x="{LEFT - 10}" y="{middle}" text-anchor="end">{_fitted(name, LEFT - 22)}</text>'
    whole = f'x="{LEFT}" y="{y}" width="{WIDTH - LEFT - RIGHT}" height="{LANE_HEIGHT}"'
    yield f'<rect class="base" {whole}/>'
    yield _path(f"c{number} said", _bars(said, scale), y, f"{name}: {clock(_length(said))}")
    for part in interview.edited.dropped:
        if part.turn in turns and part.end - part.start >= SHORTEST_DROPPED:
            yield from _dropped(part.start, part.end, part.reason, y, scale)
    if quoted:
        in_article = f"{name}, in the article: {clock(_length(quoted))}"
        yield _path(f"c{number}", _exact(quoted, scale, THINNEST_QUOTE), y, in_article)


def _dropped(start: float, end: float, reason: str, y: float, scale: Scale) -> Iterator[str]:
    x, width = scale.x(start), max(1.0, scale.x(end) - scale.x(start))
    box = f'x="{x:.1f}" y="{y}" width="{width:.1f}" height="{LANE_HEIGHT}"'
    label = in_markup(f"Not used, {clock(start)}–{clock(end)}: {plain(reason)}")
    yield f'<rect class="paper" {box}/>'
    yield f'<rect fill="url(#tl-hatch)" {box}><title>{label}</title></rect>'


def _length(spans: Iterable[Span]) -> float:
    return sum(end - start for start, end in spans)


def _bars(spans: Sequence[Span], scale: Scale) -> list[Bar]:
    """What one speaker said."""
    if scale.pixels * SECONDS_PER_PIXEL >= 1:
        return _exact(spans, scale, 1.0)
    return _by_share(spans, scale)


def _exact(spans: Sequence[Span], scale: Scale, thinnest: float) -> list[Bar]:
    """Spans closer than a pixel become one."""
    joined: list[list[float]] = []
    for start, end in sorted(spans):
        left, right = scale.x(start), max(scale.x(end), scale.x(start) + thinnest)
        if joined and left - joined[-1][1] < 1:
            joined[-1][1] = max(joined[-1][1], right)
        else:
            joined.append([left, right])
    return [(left, right - left, 1.0) for left, right in joined]


def _by_share(spans: Sequence[Span], scale: Scale) -> list[Bar]:
    columns = int((WIDTH - LEFT - RIGHT) / COLUMN) + 1
    seconds = COLUMN / scale.pixels
    filled = [0.0] * columns
    for start, end in spans:
        for column in range(int(start / seconds), min(columns, int(end / seconds) + 1)):
            inside = min(end, (column + 1) * seconds) - max(start, column * seconds)
            filled[column] += max(0.0, inside)
    bars: list[Bar] = []
    for column, length in enumerate(filled):
        share = min(1.0, round(length / seconds * SHARES + 0.25) / SHARES)
        x = LEFT + column * COLUMN
        if bars and bars[-1][2] == share and share:
            bars[-1] = (bars[-1][0], bars[-1][1] + COLUMN, share)
        else:
            bars.append((x, COLUMN, share))
    return [bar for bar in bars if bar[2]]


def _path(kind: str, bars: Sequence[Bar], y: float, title: str) -> str:
    shapes = "".join(
        f"M{x:.1f} {y + LANE_HEIGHT:g}h{width:.1f}v-{LANE_HEIGHT * share:g}h-{width:.1f}z"
        for x, width, share in bars
    )
    return f'<path class="{kind}" d="{shapes}"><title>{in_markup(title)}</title></path>'


# --- topics, axis, legend ---


def _topics(interview: Interview, scale: Scale) -> Iterator[str]:
    out = {(part.start, part.end) for part in interview.article.left_out}
    for topic in interview.topics:
        left_out = (topic.start, topic.end) in out
        x = scale.x(topic.start)
        # A hair's breadth between two boxes.
        width = max(1.0, scale.x(topic.end) - x - 2)
        box = f'x="{x:.1f}" y="{TOP}" width="{width:.1f}" height="{TOPIC_HEIGHT - 8}" rx="4"'
        yield f"<g><title>{_topic_told(topic, left_out)}</title>"
        yield f'<rect class="topic{" out" if left_out else ""}" {box}/>'
        if left_out:
            yield f'<rect fill="url(#tl-hatch)" opacity=".35" {box}/>'
        yield f'<text x="{x + 6:.1f}" y="{TOP + 17}">{_fitted(topic.title, width - 12)}</text></g>'


def _topic_told(topic: Topic, left_out: bool) -> str:
    also = " (left out)" if left_out else ""
    parts = "".join(f"\n{clock(part.start)} {plain(part.title)}" for part in topic.parts)
    return in_markup(f"{plain(topic.title)}, {clock(topic.start)}–{clock(topic.end)}{also}{parts}")


def _axis(scale: Scale, top: float, bottom: float) -> Iterator[str]:
    step = next((s for s in TICKS if scale.duration / s <= MOST_TICKS), 4 * TICKS[-1])
    for tick in range(0, int(scale.duration) + 1, step):
        x = scale.x(tick)
        yield f'<path class="grid" d="M{x:.1f} {top}V{bottom + 2}"/>'
        yield (
            f'<text class="faint" x="{x:.1f}" y="{bottom + 15}" text-anchor="middle">'
            f"{clock(tick)}</text>"
        )


def _legend(interview: Interview, y: float) -> Iterator[str]:
    """What pale, full and hatched mean; only what is in the picture."""
    dropped = any(p.end - p.start >= SHORTEST_DROPPED for p in interview.edited.dropped)
    entries = (
        ('class="c0 said"', "spoken", True),
        ('class="c0"', "in the article", True),
        ('fill="url(#tl-hatch)"', "not used", dropped),
        ('class="topic out"', "topic left out", bool(interview.article.left_out)),
    )
    x = float(LEFT)
    for look, label, there in entries:
        if there:
            yield f'<rect {look} x="{x:.0f}" y="{y - 9}" width="16" height="10"/>'
            yield f'<text class="faint" x="{x + 22:.0f}" y="{y}">{label}</text>'
            x += 46 + _width(label)


def _fitted(text: str, width: float) -> str:
    """As much of the text as fits, escaped; nothing where not even three letters do."""
    text = plain(text)
    if _width(text) <= width:
        return in_markup(text)
    while text and _width(f"{text}…") > width:
        text = text[:-1].rstrip()
    return in_markup(f"{text}…") if len(text) > 2 else ""


def _width(text: str) -> float:
    """Pixels at 12 px, rather too many: fonts differ, and clipped text cannot be read."""
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return 12.5
    if unicodedata.combining(char):
        return 0.0
    if char in "iljtfr.,:;'|!() ":
        return 4.4
    return 10.5 if char in "mwMW@%—…" or not char.isascii() else 8.4 if char.isupper() else 7.0
