"""config/channels.toml: what may stand there, and which recordings of a list are taken."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.channels import Channel, Decision, Filters, decide, enough, load, looked
from pipeline.config import Config
from pipeline.errors import ConfigError
from pipeline.history import Failure, Register
from pipeline.model import Kind, Listed, Source

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = 'url = "https://www.youtube.com/@x"\n'
STYLES = ("brief", "take")


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "channels.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "[chanel.a]\n" + URL,
            "chanel in {}, line 1|There is no such field|Did you mean 'channel'",
        ),
        ("[channel.a]\nur = 'https://a.b'", "channel.a.ur in {}, line 2|such field|'url'"),
        ("# why\n[channel.a]\n[channel.b]\n" + URL, "channel.a.url in {}, line 2|has to be there"),
        (
            f"[channel.a]\n{URL}[channel.a.filters]\ntilte = 'x'",
            "channel.a.filters.tilte in {}, line 4|such field|Did you mean 'title'",
        ),
        (f"[channel.a]\n{URL}filters = {{ title = '(' }}", "filters.title in {}, line 3|regular"),
        (f"[channel.a]\n{URL}cron = '61 * * * *'", "channel.a.cron in {}, line 3|Bad minute"),
        (f"[channel.a]\n{URL}cron = '* * * * * *'", "line 3|five parts"),
        (f"[channel.a]\n{URL}cron = '0 0 30 2 *'", "line 3|no time of cron"),
        (f"[channel.a]\n{URL}timezone = 'Europe/Berln'", "line 3|one is Europe/Berlin"),
        (f"[channel.a]\n{URL}styles = ['take',\n'breif']", "line 3|no style 'breif'|'brief'"),
        (
            f"[channel.a]\n{URL}glossary = [\n'Ada',\n'x']",
            "glossary in {}, line 3|2 letters at least",
        ),
        (f"[channel.a]\n{URL}names = {{ hots = 'Ada' }}", "names in {}, line 3|is no voice"),
        (f"[channel.a]\n{URL}[channel.'B b']\n{URL}", "line 3|small letters"),
        ("[channel.a]\nurl = 'ftp://x'", "channel.a.url in {}, line 2|https://"),
        (
            f"[channel.a]\n{URL}[channel.b]\nurl = 'https://youtube.com/@X/videos'",
            "channel.b.url in {}, line 4|[channel.a] is the same",
        ),
        (f"[channel.a]\n{URL}filters = {{ shortest = 9, longest = 3 }}", "line 3|above longest"),
        ("[channel.a\n", "not valid TOML|line 1"),
    ],
)
def test_a_mistake_is_one_error_with_its_line_and_the_nearest_right_name(
    text: str, told: str, tmp_path: Path
) -> None:
    path = file(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load(path, STYLES)
    for part in told.format(path).split("|"):
        assert part in str(error.value)


def test_a_mistake_among_a_thousand_channels_is_found_at_once(tmp_path: Path) -> None:
    tables = [f"[channel.c{n}]\nurl = 'https://a.example/{n}'\n" for n in range(1000)]
    tables[990] += "corn = '* * * * *'\n"
    begun = time.process_time()
    with pytest.raises(ConfigError, match=r"channel\.c990\.corn in .*, line 1983"):
        load(file(tmp_path, "".join(tables)), STYLES)
    assert time.process_time() - begun < 10


def test_no_file_is_no_channels(tmp_path: Path) -> None:
    assert load(tmp_path / "channels.toml", STYLES) == {}


def test_the_file_we_ship_can_be_used_with_its_example_switched_on(tmp_path: Path) -> None:
    shipped = Path(__file__).parent.parent / "config" / "channels.toml"
    example = shipped.read_text("utf-8").partition("#\n")[2].replace("\n# ", "\n")
    (channel,) = load(file(tmp_path, example.removeprefix("# ")), STYLES).values()
    assert channel.backfill == 3 and channel.filters.shortest == 900


def test_the_next_look_is_in_the_channels_own_time_zone() -> None:
    channel = Channel(url="https://a.example/f", cron="30 6 * * *", timezone="Europe/Berlin")
    summer = datetime(2026, 10, 24, 12, tzinfo=UTC)  # the clocks go back that night
    assert channel.next(summer).astimezone(UTC) == datetime(2026, 10, 25, 5, 30, tzinfo=UTC)
    assert channel.next(summer - timedelta(1)).astimezone(UTC).hour == 4


def test_a_channel_stands_above_the_configuration_and_leaves_the_rest_of_it() -> None:
    channel = Channel(
        url="https://a.example/f",
        styles=("brief", "take"),
        language="de",
        speakers=3,
        names={"host": "Ada"},
        glossary=("Winslow",),
        filters=Filters(shortest=60, since=date(2026, 1, 1)),
    )
    plain = Config()
    config = channel.over(plain)
    assert config.transcribe.language == "de" and config.compose.style == "brief"
    assert config.diarize.speakers == 3 and config.identify.names == {"host": "Ada"}
    assert config.glossary.terms == ("Winslow",)
    assert (config.download.shortest, config.download.since) == (60, date(2026, 1, 1))
    assert config.download.longest == plain.download.longest
    assert Channel(url="https://a.example/f").over(plain) == plain


# --- which recordings are taken ---


def one(number: int, **facts: object) -> Listed:
    source = Source("url", f"https://www.youtube.com/watch?v={number:011}", f"youtube-{number:011}")
    return Listed(source, f"{number:011}", f"Talk {number}", **facts)  # type: ignore[arg-type]


class Watched:
    """A channel that is looked at again and again."""

    def __init__(self, **knobs: object) -> None:
        self.channel = Channel(url="https://www.youtube.com/@x", **knobs)  # type: ignore[arg-type]
        self.register = Register()
        self.done: set[str] = set()
        self.failed: dict[str, Failure] = {}

    def look(self, *listed: Listed, kinds: tuple[Kind, ...] = ("video",)) -> dict[str, Decision]:
        decisions = decide(
            listed,
            self.register,
            self.channel,
            NOW,
            done=lambda one: Path("out") if one.source.key in self.done else None,
            failure=lambda one: self.failed.get(one.source.key),
        )
        self.register = looked(listed, decisions, self.register, self.channel, NOW, kinds=kinds)
        return {decision.listed.title: decision for decision in decisions}

    def taken(self, *listed: Listed, **more: object) -> list[int]:
        found = self.look(*listed, **more)  # type: ignore[arg-type]
        return [int(title[5:]) for title, one in found.items() if one.verdict == "take"]

    def write(self, *numbers: int) -> None:
        self.done |= {f"youtube-{number:011}" for number in numbers}

    def fail(self, number: int, again: datetime | None, tries: int = 1) -> None:
        key = f"youtube-{number:011}"
        self.failed[key] = Failure(
            key, "", "", None, "E", "It is", "private", "", NOW, tries, again
        )


def test_the_first_look_takes_the_newest_and_leaves_what_is_older_for_ever() -> None:
    watched = Watched(backfill=2)
    assert watched.taken(one(5), one(4), one(3), one(2)) == [5, 4]
    watched.write(4, 5)
    assert watched.taken(one(5), one(4), one(3), one(2)) == []
    assert watched.taken(one(6), one(5), one(4), one(3)) == [6]


def test_with_no_backfill_only_what_comes_from_now_on_is_taken() -> None:
    watched = Watched(backfill=0)
    assert watched.taken(one(2), one(1)) == []
    assert watched.taken(one(3), one(2), one(1)) == [3]


def test_a_raised_backfill_takes_what_was_passed_over() -> None:
    watched = Watched(backfill=1)
    assert watched.taken(one(3), one(2), one(1)) == [3]
    watched.write(3)
    watched.channel = watched.channel.model_copy(update={"backfill": 3})
    assert watched.taken(one(3), one(2), one(1)) == [2, 1]


def test_the_removal_of_a_video_moves_no_old_one_up_as_if_it_were_new() -> None:
    watched = Watched(backfill=1)
    watched.taken(one(3), one(2))
    watched.write(3)
    found = watched.look(one(3), one(1))
    assert found["Talk 1"].why == "it was there before; a higher backfill takes it"
    assert watched.taken(one(4), one(3), one(1)) == [4]


def test_what_turns_up_between_known_ones_is_taken() -> None:
    watched = Watched(backfill=0)
    watched.taken(one(5), one(3), one(1))
    assert watched.taken(one(5), one(4), one(3), one(1)) == [4], "it was private until now"


def test_no_more_than_asked_are_taken_at_once_and_the_rest_at_the_next_looks() -> None:
    watched = Watched(backfill=5, most=2)
    assert watched.taken(*map(one, (5, 4, 3, 2, 1))) == [5, 4]
    watched.write(5, 4)
    assert watched.taken() == [3, 2], "even if the list shows them no longer"
    assert watched.taken() == [3, 2], "until they are done"
    watched.write(3, 2)
    assert watched.taken(one(9), one(8), one(5)) == [9, 8]
    watched.write(9, 8)
    assert watched.taken(one(9), one(8), one(5)) == [1]


def test_what_failed_for_good_is_done_with_and_what_may_pass_comes_back_after_the_others() -> None:
    watched = Watched(backfill=3, most=2)
    watched.fail(3, None)
    watched.fail(2, NOW - timedelta(minutes=1), tries=2)
    found = watched.look(one(3), one(2), one(1))
    assert found["Talk 3"].verdict == "failed" and "private" in found["Talk 3"].why
    assert [title for title, it in found.items() if it.verdict == "take"] == ["Talk 1", "Talk 2"]
    watched.fail(2, NOW + timedelta(hours=1))
    assert watched.look(one(2))["Talk 2"].why.startswith("again at 2026-11-22 13:00 UTC: It is")


def test_a_stream_that_is_live_waits_and_is_taken_when_it_has_ended() -> None:
    watched = Watched(filters={"live": True})
    found = watched.look(one(1, kind="stream", status="live"), kinds=("video", "stream"))
    assert (found["Talk 1"].verdict, found["Talk 1"].why) == ("later", "it is live now")
    assert watched.taken(one(1, kind="stream"), kinds=("video", "stream")) == [1]


def test_a_premiere_waits_where_it_is_asked_for_and_is_passed_over_for_ever_elsewhere() -> None:
    for asked, taken in ((True, [1]), (False, [])):
        watched = Watched(filters={"premieres": asked})
        found = watched.look(one(1, status="upcoming"))
        assert found["Talk 1"].verdict == ("later" if asked else "skip")
        assert watched.taken(one(1)) == taken


def test_a_tab_that_is_switched_on_later_is_looked_at_for_the_first_time() -> None:
    watched = Watched(backfill=1)
    watched.write(*watched.taken(one(9), one(8)))
    watched.channel = watched.channel.model_copy(update={"filters": Filters(live=True)})
    streams = [one(number, kind="stream") for number in (5, 4, 3)]
    kinds: tuple[Kind, ...] = ("video", "stream")
    assert watched.taken(one(9), one(8), *streams, kinds=kinds) == [5]
    watched.write(5)
    new = one(6, kind="stream")
    assert watched.taken(one(9), one(8), new, *streams, kinds=kinds) == [6]


@pytest.mark.parametrize(
    ("facts", "filters", "why"),
    [
        ({"closed": True}, {}, "members only"),
        ({"kind": "short"}, {}, "filters.shorts"),
        ({"kind": "stream"}, {}, "filters.live"),
        ({"status": "live"}, {}, "filters.live"),
        ({"status": "upcoming"}, {}, "filters.premieres"),
        ({}, {"title": "interview"}, "filters.title"),
        ({"seconds": 59}, {"shortest": 60}, "filters.shortest"),
        ({"seconds": 61}, {"longest": 60}, "filters.longest"),
        ({"published": 1e9}, {"since": "2026-01-01"}, "filters.since"),
    ],
)
def test_each_filter_says_why(
    facts: dict[str, object], filters: dict[str, object], why: str
) -> None:
    decision = Watched(filters=filters).look(one(1, **facts))["Talk 1"]
    assert decision.verdict == "skip" and why in decision.why


@pytest.mark.parametrize(
    ("facts", "filters"),
    [
        ({"kind": "short"}, {"shorts": True}),
        ({"kind": "stream"}, {"live": True}),
        ({}, {"title": "^TALK"}),
        ({"seconds": None}, {"shortest": 60, "longest": 99}),
        ({"published": None}, {"since": "2026-01-01"}),
    ],
)
def test_what_fits_or_is_not_known_yet_is_taken(
    facts: dict[str, object], filters: dict[str, object]
) -> None:
    assert Watched(filters=filters).look(one(1, **facts))["Talk 1"].verdict == "take"


def test_an_episode_whose_address_changed_is_known_by_its_id() -> None:
    watched = Watched()
    watched.write(*watched.taken(one(1)))
    moved = Listed(Source("url", "https://cdn.example/1.mp3", "url-new"), one(1).id, "Talk 1")
    assert watched.look(moved)["Talk 1"].why == "it was listed under another address"


def test_a_list_is_read_no_further_than_what_is_known_but_its_first_page_in_any_case() -> None:
    def read(watched: Watched, listed: list[Listed]) -> int:
        stop: Callable[[list[Listed]], bool] = enough(watched.register, watched.channel)  # type: ignore[assignment]
        return next((n for n in range(1, len(listed)) if stop(listed[:n])), len(listed))

    listed = [one(number) for number in range(99, 0, -1)]
    watched = Watched(backfill=1)
    assert read(watched, listed) == 25
    watched.look(*listed[:25])
    assert read(watched, listed) == 25
    assert read(watched, [one(number) for number in range(140, 0, -1)]) == 42, "99 is known"
    assert read(Watched(backfill=40), listed) == 40
