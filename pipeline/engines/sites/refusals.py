"""What a site says when it refuses, and which of our errors that is."""

import re

from pipeline.errors import (
    AgeGated,
    BotWall,
    GeoBlocked,
    InterviewError,
    LiveNow,
    MediaRefused,
    MembersOnly,
    NoFormats,
    NoMedia,
    NoNetwork,
    NotFound,
    NotYetLive,
    PrivateVideo,
    Protected,
    RateLimited,
    RemovedVideo,
    VideoUnavailable,
)

# (what the site says, our error): the first that is found decides. Most refusals of YouTube come
# as one and the same exception, so the words are all there is to tell them apart.
REFUSALS: tuple[tuple[str, type[InterviewError]], ...] = (
    # "Sign in to confirm" begins both; the age is asked of a person, so it comes first.
    (r"confirm your age|age.?restricted|inappropriate for some users", AgeGated),
    (r"not a (ro)?bot\b|captcha|unusual traffic|anti-bot", BotWall),
    (r"try again later|rate.?limit|too many requests|\b429\b", RateLimited),
    (r"private video|(video|playlist) is private", PrivateVideo),
    (r"members.only|join this channel|channel's members|requires (payment|purchase)", MembersOnly),
    (r"available (in|from) your (country|region|location)|geo.?restrict", GeoBlocked),
    (r"blocked it in your country", GeoBlocked),
    (r"premieres? (in|will)|will begin|not (yet )?started|begins? in|upcoming", NotYetLive),
    (r"\bis live\b|live.?stream is (on|live)", LiveNow),
    (r"\bDRM\b", Protected),
    (r"incomplete youtube id", NotFound),
    (r"(playlist|channel|tab|page) does not exist|does not have a \w+ tab", NotFound),
    (r"removed|terminated|no longer available|deleted|does not exist", RemovedVideo),
    (r"no video formats|requested format is not available|only images", NoFormats),
    (r"unsupported url|no (media|video|audio)s? (could be |was |were )?found", NoMedia),
    (r"did not get any data", NoMedia),
)

# An answer's status, where the words say nothing.
STATUSES: dict[int, type[InterviewError]] = {
    401: PrivateVideo,
    404: NotFound,
    410: NotFound,
    429: RateLimited,
    451: GeoBlocked,
}

# What yt-dlp adds for people at its own command line; our errors say what to do with us.
ADDED = re.compile(
    r"(?i)[\s.;:,(]*("
    r"please report this issue|use --|see\s+https?://|confirm you are on the latest version"
    r"|it is recommended to use|you might want to use a vpn|this helps protect our community"
    r"|\(caused by|retrying \("
    r").*"
)
ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b.")
# What it puts in front: colours, its own names of things, and that a page did not come.
PREFIX = re.compile(
    r"^((ERROR|WARNING): *|\[[\w:.+-]+\] *([^\s:]{1,64}: )?|unable to download [\w ]+: "
    r"|HTTPS?Connection\([^)]*\): )*",
    re.IGNORECASE,
)
LONGEST = 300


def refusal(said: str) -> type[InterviewError] | None:
    """The error that these words of a site mean; None where they mean none of those known.

    >>> refusal("Join this channel to get access to members-only content").__name__
    'MembersOnly'
    """
    plain = said.replace("\u2019", "'")
    found = (error for words, error in REFUSALS if re.search(words, plain, re.IGNORECASE))
    return next(found, None)


def of_status(status: int, media: bool) -> type[InterviewError]:
    """The error that an HTTP status means, on a page or on the media itself."""
    if status in STATUSES:
        return STATUSES[status]
    if status >= 500:  # the site is down, not the video gone
        return NoNetwork
    return MediaRefused if media else VideoUnavailable


def cleaned(said: str) -> str:
    r"""What a site or yt-dlp said, as one short line.

    >>> cleaned("\x1b[0;31mERROR:\x1b[0m [youtube] abc: Private video. Use --cookies for more.")
    'Private video'
    """
    line = " ".join(ANSI.sub("", said).split())
    line = "".join(char for char in line if char.isprintable())
    line = ADDED.sub("", PREFIX.sub("", line)) or "no reason given"
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"
