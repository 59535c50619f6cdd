"""What was made, week by week: one SVG, light and dark."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, LEFT, RIGHT = 960, 150, 26
TOP, ROW, BARS, FOOT = 16, 96, 58, 40
WIDEST = 46.0  # pixels of a bar
NUMBER = 46.0  # pixels of an amount; in narrower columns only the highest bar has one
DATE = 54.0  # the same of a date; then only some weeks have one
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_STYLE = """
.wk { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
.wk text { fill: #2b2f36; } .wk .faint { fill: #5c636e; } .wk .sum { font-size: 19px; }
.wk .grid { stroke: #d5dae1; } .wk .paper { fill: #fff; }
.wk .heard { fill: #0072b2; } .wk .ready { fill: #00805f; } .wk .review { fill: #7cc7ae; }
.wk .failed { fill: #c65200; } .wk .cost { fill: #a8487f; }
@media (prefers-color-scheme: dark) {
.wk text { fill: #e4e7ec; } .wk .faint { fill: #a3abb5; }
.wk .grid { stroke: #373e49; } .wk .paper { fill: #16191e; }
.wk .heard { fill: #4aa8e0; } .wk .ready { fill: #2fbf95; } .wk .review { fill: #1c6b55; }
.wk .failed { fill: #f08a3c; } .wk .cost { fill: #dd8fbb; }
}
"""


@dataclass(frozen=True, slots=True)
class Week:
    """What a week brought."""

    monday: date
    heard: float = 0.0  # seconds of recordings
    ready: int = 0  # articles
    review: int = 0  # articles that a person should look at
    failed: int = 0  # recordings
    cost: float = 0.0  # US dollars

    @property
    def minutes(self) -> float:
        """Of recordings that were heard."""
        return self.heard / 60

    @property
    def articles(self) -> int:
        """All of them."""
        return self.ready + self.review


@dataclass(frozen=True, slots=True)
class Row:
    """One figure over the weeks; a bar's parts stand on each other."""

    title: str
    parts: tuple[tuple[str, str, Callable[[Week], float]], ...]  # look, name, how much
    told: Callable[[float], str]

    def of(self, week: Week) -> float:
        """All parts together."""
        return sum(much(week) for _, _, much in self.parts)


def dollars(amount: float) -> str:
    """Two digits, or the first that say anything.

    >>> dollars(0), dollars(12.345), dollars(0.0042), dollars(0.00001)
    ('$0', '$12.35', '$0.004', '<$0.001')
    """
    if not amount:
        return "$0"
    if amount >= 0.01:
        return f"${amount:,.2f}"
    return f"${amount:.3f}" if amount >= 0.0005 else "<$0.001"


def whole(amount: float) -> str:
    """With commas.

    >>> whole(12345.6)
    '12,346'
    """
    return f"{amount:,.0f}"


ROWS = (
    Row("minutes heard", (("heard", "heard", lambda week: week.minutes),), whole),
    Row(
        "articles",
        (
            ("ready", "ready", lambda week: week.ready),
            ("review", "needs review", lambda week: week.review),
        ),
        whole,
    ),
    Row("failures", (("failed", "failed", lambda week: week.failed),), whole),
    Row("cost of models", (("cost", "cost", lambda week: week.cost),), dollars),
)


def draw(weeks: Sequence[Week]) -> str:
    """The picture: a row of bars for each figure, a column for each week, oldest first."""
    height = TOP + len(ROWS) * ROW + FOOT
    rows = (_row(row, weeks, TOP + number * ROW) for number, row in enumerate(ROWS))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="wk" role="img" width="{WIDTH}" '
        f'height="{height}" viewBox="0 0 {WIDTH} {height}">',
        f"<title>{_summary(weeks)}</title>",
        f"<style>{_STYLE}</style>",
        # Paper of its own: a dark picture may be shown on a white page.
        f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
        *(part for row in rows for part in row),
        *_dates(weeks, height - FOOT + 16),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _summary(weeks: Sequence[Week]) -> str:
    told = (f"{row.told(sum(map(row.of, weeks)))} {row.title}" for row in ROWS)
    weeks_told = "1 week" if len(weeks) == 1 else f"{len(weeks)} weeks"
    return f"{weeks_told}: {', '.join(told)}"


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the weeks stand."""

    count: int

    @property
    def width(self) -> float:
        """Of one, with the space around its bar."""
        return (WIDTH - LEFT - RIGHT) / max(1, self.count)

    @property
    def bar(self) -> float:
        """Of its bar."""
        return min(WIDEST, self.width * 0.7)

    def middle(self, number: int) -> float:
        """Of that week."""
        return LEFT + (number + 0.5) * self.width

    def dated(self) -> range:
        """Those whose date is written: always the last."""
        step = max(1, math.ceil(DATE / self.width))
        return range((self.count - 1) % step, self.count, step)


def _row(row: Row, weeks: Sequence[Week], y: float) -> Iterator[str]:
    columns, base = Columns(len(weeks)), y + ROW - 14
    total, highest = sum(map(row.of, weeks)), max(map(row.of, weeks), default=0)
    name = f'x="{LEFT - 24}" text-anchor="end"'
    yield f'<text class="sum" {name} y="{base - 20}">{row.told(total)}</text>'
    yield f'<text class="faint" {name} y="{base - 2}">{row.title}</text>'
    yield f'<path class="grid" d="M{LEFT} {base + 0.5}H{WIDTH - RIGHT}"/>'
    most = next((number for number, week in enumerate(weeks) if row.of(week) == highest), 0)
    for number, week in enumerate(weeks):
        if not (amount := row.of(week)):
            continue
        x, scale = columns.middle(number), BARS / highest
        yield from _bar(row, week, x - columns.bar / 2, columns.bar, base, scale)
        if columns.width >= NUMBER or number == most:
            above = f'x="{x:.1f}" y="{base - amount * scale - 5:.1f}" text-anchor="middle"'
            yield f'<text class="faint" {above}>{row.told(amount)}</text>'
    if len(row.parts) > 1 and total:
        yield from _legend(row, y + 5)


def _bar(row: Row, week: Week, x: float, width: float, base: float, scale: float) -> Iterator[str]:
    for look, name, much in row.parts:
        height = max(1.0, much(week) * scale) if much(week) else 0.0
        base -= height
        box = f'x="{x:.1f}" y="{base:.1f}" width="{width:.1f}" height="{height:.1f}"'
        if height:
            told = f"Week of {_day(week.monday)}: {row.told(much(week))} {name}"
            yield f'<rect class="{look}" {box}><title>{told}</title></rect>'


def _legend(row: Row, y: float) -> Iterator[str]:
    x = float(LEFT)
    for look, name, _ in row.parts:
        yield f'<rect class="{look}" x="{x:.0f}" y="{y - 9}" width="16" height="10"/>'
        yield f'<text class="faint" x="{x + 22:.0f}" y="{y}">{name}</text>'
        x += 50 + 6.5 * len(name)


def _dates(weeks: Sequence[Week], y: float) -> Iterator[str]:
    columns = Columns(len(weeks))
    for number in columns.dated():
        where = f'x="{columns.middle(number):.1f}" y="{y}" text-anchor="middle"'
        yield f'<text class="faint" {where}>{_day(weeks[number].monday)}</text>'


def _day(monday: date) -> str:
    """Day and month; the month in words, which is never taken for the day."""
    return f"{monday.day} {MONTHS[monday.month - 1]}"
