"""The drafts that were asked for: filtered, sorted, or found by words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from review.search import Entry, Hit, Index

STATUSES = ("needs review", "new", "approved", "published", "rejected", "broken")
# (name, label, key, descending)
SORTS: Mapping[str, tuple[str, Callable[[Entry], object], bool]] = {
    "newest": ("Newest first", lambda one: (one.published, one.changed), True),
    "changed": ("Last changed", lambda one: one.changed, True),
    "found": ("Most to look at", lambda one: one.found, True),
    "title": ("Title", lambda one: one.title.casefold(), False),
    "channel": ("Channel", lambda one: (one.channel.casefold(), one.published), False),
}
TYPING = 2.0  # seconds: who types a word to look for waits for no look at each file
SHOWN = 60  # drafts on a page


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    words: str = ""
    status: str = ""
    channel: str = ""
    sort: str = "newest"
    page: int = 1

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Asked":
        """Whatever makes no sense is left out."""
        status, sort, page = given.get("status", ""), given.get("sort", ""), given.get("page", "1")
        return cls(
            given.get("q", "")[:200].strip(),
            status if status in STATUSES else "",
            given.get("channel", "")[:200],
            sort if sort in SORTS else "newest",
            min(int(page), 10_000) if page.isdecimal() and page != "0" else 1,
        )


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the page shows."""

    entries: tuple[Entry, ...]
    hits: Mapping[str, tuple[Hit, ...]]  # by draft
    counts: Mapping[str, int]  # of each status, in all
    channels: tuple[str, ...]
    all: int
    pages: int
    reading: str  # how far the first look at the files is

    @property
    def sorts(self) -> list[tuple[str, str]]:
        """Name and label of each order."""
        return [(name, label) for name, (label, *_) in SORTS.items()]

    @property
    def statuses(self) -> list[tuple[str, int]]:
        """Those that there are."""
        return [(name, self.counts[name]) for name in STATUSES if self.counts.get(name)]


def found(index: Index, asked: Asked) -> Shelf:
    """The shelf as asked for; files that changed are read first."""
    if not index.reading:
        index.refresh(at_most_every=TYPING if asked.words else 0)
    every = index.entries()
    counts: dict[str, int] = {}
    for one in every:
        counts[one.status] = counts.get(one.status, 0) + 1
    hits: dict[str, tuple[Hit, ...]] = {}
    chosen = every
    if asked.words:
        for hit in index.search(asked.words):
            hits[hit.name] = (*hits.get(hit.name, ()), hit)
        place = {name: number for number, name in enumerate(hits)}
        chosen = sorted((one for one in every if one.name in hits), key=lambda one: place[one.name])
    else:
        _, key, descending = SORTS[asked.sort]
        chosen = sorted(every, key=key, reverse=descending)  # type: ignore[arg-type]
    chosen = [
        one
        for one in chosen
        if asked.status in ("", one.status) and asked.channel in ("", one.channel)
    ]
    channels = tuple(sorted({one.channel for one in every if one.channel}, key=str.casefold))
    pages = max(1, -(-len(chosen) // SHOWN))
    page = min(asked.page, pages)
    shown = tuple(chosen[SHOWN * (page - 1) : SHOWN * page])
    return Shelf(shown, hits, counts, channels, len(chosen), pages, index.reading)
