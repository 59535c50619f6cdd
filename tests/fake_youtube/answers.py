"""The pages and JSON that yt-dlp's extractors read, made of the catalog."""

import datetime as dt
import hashlib
import html
import json
from collections.abc import Iterable
from typing import Any

from tests.fake_youtube.catalog import CHANNEL, PLAYLIST, Channel, Video

Json = dict[str, Any]

FORMATS = {
    "140": ("m4a", 'audio/mp4; codecs="mp4a.40.2"', 128000),
    "251": ("webm", 'audio/webm; codecs="opus"', 96000),
}
# What a live stream's manifest offers.
LIVE = """#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=200000,CODECS="mp4a.40.2"
https://manifest.googlevideo.com/api/manifest/hls/low.m3u8
"""
HIDDEN = ("removed", "terminated", "private")  # not in any list


def text(words: str) -> Json:
    return {"simpleText": words}


def refused(status: str, reason: str, more: str = "") -> Json:
    if not more:
        return {"status": status, "reason": reason}
    screen = {"reason": text(reason), "subreason": text(more)}
    return {
        "status": status,
        "reason": reason,
        "errorScreen": {"playerErrorMessageRenderer": screen},
    }


# kind -> playabilityStatus, worded as YouTube words it
PLAYABILITY = {
    "private": refused(
        "LOGIN_REQUIRED",
        "Private video",
        "Sign in if you've been granted access to this video",
    ),
    "removed": refused("ERROR", "Video unavailable", "This video has been removed by the uploader"),
    "terminated": refused(
        "ERROR",
        "Video unavailable",
        "This video is no longer available because the YouTube account associated with this "
        "video has been terminated.",
    ),
    "members": refused(
        "UNPLAYABLE",
        "Join this channel to get access to members-only content like this video, and other "
        "exclusive perks.",
    ),
    "age": {
        **refused("LOGIN_REQUIRED", "Sign in to confirm your age"),
        "desktopLegacyAgeGateReason": 1,
    },
    "geo": refused(
        "UNPLAYABLE",
        "Video unavailable",
        "The uploader has not made this video available in your country",
    ),
    "upcoming": refused("LIVE_STREAM_OFFLINE", "Premieres in 3 hours"),
    "bot": refused(
        "LOGIN_REQUIRED",
        "Sign in to confirm you\u2019re not a bot",
        "This helps protect our community. Learn more",
    ),
    "ratelimit": refused("UNPLAYABLE", "This content isn't available, try again later."),
}


def details(video: Video) -> Json:
    picture = {
        "url": f"https://i.ytimg.com/vi/{video.id}/hqdefault.jpg",
        "width": 480,
        "height": 360,
    }
    return {
        "videoId": video.id,
        "title": video.title,
        "lengthSeconds": str(announced(video)),
        "channelId": video.of.id,
        "shortDescription": video.description,
        "viewCount": "1234",
        "author": video.channel,
        "isPrivate": video.kind == "private",
        "isLiveContent": video.kind in ("live", "upcoming", "was_live"),
        **({"isLive": True} if video.kind == "live" else {}),
        **({"isUpcoming": True} if video.kind == "upcoming" else {}),
        "keywords": ["fake", "loopback"],
        "thumbnail": {"thumbnails": [picture]},
    }


def announced(video: Video) -> int:
    return video.duration * 3 if video.kind == "shortened" else video.duration


def microformat(video: Video) -> Json:
    soon = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=3)).isoformat(timespec="seconds")
    live = {"liveBroadcastDetails": {"isLiveNow": video.kind == "live", "startTimestamp": soon}}
    said = {
        "title": text(video.title),
        "description": text(video.description),
        "lengthSeconds": str(announced(video)),
        "category": "Education",
        "isFamilySafe": video.kind != "age",
        "isUnlisted": False,
        "uploadDate": f"{video.published}T10:00:00-07:00",
        "publishDate": f"{video.published}T10:00:00-07:00",
        "viewCount": "1234",
        "externalChannelId": video.of.id,
        "ownerProfileUrl": f"http://www.youtube.com/{video.of.handle}",
        "ownerChannelName": video.channel,
        "availableCountries": ["DE", "FR"],
        "isShortsEligible": video.tab == "shorts",
        **(live if video.kind in ("live", "upcoming") else {}),
    }
    return {"playerMicroformatRenderer": said}


def captions(video: Video) -> Json:
    def track(language: str, heard: bool) -> Json:
        url = f"https://www.youtube.com/api/timedtext?v={video.id}&lang={language}"
        return {
            "baseUrl": url + ("&kind=asr" if heard else ""),
            "name": text(language.upper() + (" (auto-generated)" if heard else "")),
            "vssId": ("a." if heard else ".") + language,
            "languageCode": language,
            "isTranslatable": True,
            **({"kind": "asr"} if heard else {}),
        }

    tracks = [track(language, False) for language in video.manual]
    tracks += [track(language, True) for language in video.auto]
    names = {"en": "English", "de": "German", "es": "Spanish"}
    translated = [
        {"languageCode": code, "languageName": text(name)} for code, name in names.items()
    ]
    return {
        "playerCaptionsTracklistRenderer": {
            "captionTracks": tracks,
            "translationLanguages": translated,
        }
    }


def streams(video: Video, sizes: dict[tuple[int, str], int]) -> Json:
    """The formats; `sizes` by number of the track and itag."""
    if video.kind == "live":
        return {"hlsManifestUrl": "https://manifest.googlevideo.com/api/manifest/hls/index.m3u8"}
    drm: Json = {"drmFamilies": ["WIDEVINE"]} if video.kind == "drm" else {}
    formats = []
    for (number, itag), size in sizes.items():
        _, mime, bitrate = FORMATS[itag]
        sound = video.sounds[number]
        url = f"https://rr1---sn-fake.googlevideo.com/videoplayback/{video.id}/{number}/{itag}"
        named = {
            "audioTrack": {
                "displayName": sound.name,
                "id": f"{sound.language}.{number}",
                "audioIsDefault": sound.default,
            }
        }
        formats.append(
            {
                "itag": int(itag),
                "mimeType": mime,
                "bitrate": bitrate,
                "averageBitrate": bitrate,
                "contentLength": str(size),
                "audioQuality": "AUDIO_QUALITY_MEDIUM",
                "audioSampleRate": "48000",
                "audioChannels": 1,
                "approxDurationMs": str(video.duration * 1000),
                **(named if sound.name else {}),
                **drm,
                **({} if video.kind == "sabr" else {"url": url}),
            }
        )
    more: Json = {"licenseInfos": [{}]} if drm else {}
    return {"expiresInSeconds": "21540", "adaptiveFormats": formats, **more}


def player(video: Video, sizes: dict[tuple[int, str], int] | None) -> Json:
    """What the player is told; without `sizes`, as in the page, where no format is."""
    fine = {"status": "OK", "playableInEmbed": True}
    told: Json = {
        "responseContext": {"visitorData": "CgtGYWtl"},
        "videoDetails": details(video),
        "microformat": microformat(video),
        "playabilityStatus": PLAYABILITY.get(video.kind, fine),
    }
    if video.manual or video.auto:
        told["captions"] = captions(video)
    if video.kind == "live" or (sizes and video.kind not in PLAYABILITY):
        told["streamingData"] = streams(video, sizes or {})
    return told


def watch_next(video: Video) -> Json:
    chapters = [
        {"chapterRenderer": {"title": text(title), "timeRangeStartMillis": start * 1000}}
        for start, title in video.chapters
    ]
    bar = {"chapteredPlayerBarRenderer": {"chapters": chapters}}
    decorated = {"decoratedPlayerBarRenderer": {"playerBar": bar}}
    overlays = {
        "playerOverlayRenderer": {
            "decoratedPlayerBarRenderer": decorated,
        }
    }
    owner = {
        "text": video.channel,
        "navigationEndpoint": {
            "browseEndpoint": {
                "browseId": video.of.id,
                "canonicalBaseUrl": f"/{video.of.handle}",
            }
        },
    }
    by = {
        "subscriberCountText": text("1.2K subscribers"),
        "title": {"runs": [owner]},
    }
    contents = [
        {
            "videoPrimaryInfoRenderer": {
                "title": {"runs": [{"text": video.title}]},
                "dateText": text("Oct 1, 2026"),
            }
        },
        {"videoSecondaryInfoRenderer": {"owner": {"videoOwnerRenderer": by}}},
    ]
    return {
        "contents": {"twoColumnWatchNextResults": {"results": {"results": {"contents": contents}}}},
        "playerOverlays": overlays if chapters else {},
    }


def lockup(video: Video) -> Json:
    """A video in a channel's list."""
    clock = f"{video.duration // 60}:{video.duration % 60:02d}"
    badge = {
        "live": ("LIVE", "THUMBNAIL_OVERLAY_BADGE_STYLE_LIVE"),
        "upcoming": ("UPCOMING", "X"),
    }.get(video.kind, (clock, "X"))
    when = ("Streamed " if video.kind == "was_live" else "") + "3 weeks ago"
    members = {"badges": [{"badgeViewModel": {"badgeStyle": "BADGE_MEMBERS_ONLY"}}]}
    row = {
        "metadataParts": [
            {"text": {"content": "1.2K views"}},
            {"text": {"content": when}, "accessibilityLabel": when},
        ],
        **(members if video.kind == "members" else {}),
    }
    overlay = {
        "thumbnailBottomOverlayViewModel": {
            "badges": [{"thumbnailBadgeViewModel": {"text": badge[0], "badgeStyle": badge[1]}}]
        }
    }
    about = {
        "title": {"content": video.title},
        "metadata": {"contentMetadataViewModel": {"metadataRows": [row]}},
    }
    shown = {
        "contentId": video.id,
        "contentType": "LOCKUP_CONTENT_TYPE_VIDEO",
        "contentImage": {"thumbnailViewModel": {"overlays": [overlay]}},
        "metadata": {"lockupMetadataViewModel": about},
    }
    return {"richItemRenderer": {"content": {"lockupViewModel": shown}}}


def listed(videos: Iterable[Video], tab: str) -> list[Video]:
    """The videos of one of the channel's tabs, newest first."""
    shown = [video for video in videos if video.tab == tab and video.kind not in HIDDEN]
    return sorted(shown, key=lambda video: video.published, reverse=True)


def page_of(videos: Iterable[Video], tab: str, start: int, size: int = 30) -> list[Json]:
    shown = listed(videos, tab)
    items = [lockup(video) for video in shown[start : start + size]]
    if start + size < len(shown):
        token = {"continuationCommand": {"token": f"{shown[0].of.id}|{tab}|{start + size}"}}
        items.append({"continuationItemRenderer": {"continuationEndpoint": token}})
    return items


def channel_page(channel: Channel, videos: Iterable[Video], tab: str) -> Json:
    def shown(name: str) -> Json:
        grid = {"richGridRenderer": {"contents": page_of(videos, name, 0)}}
        return {
            "tabRenderer": {
                "title": {"streams": "Live"}.get(name, name.title()),
                "selected": name == tab,
                "endpoint": {
                    "commandMetadata": {"webCommandMetadata": {"url": f"/{channel.handle}/{name}"}}
                },
                **({"content": grid} if name == tab else {}),
            }
        }

    named = {
        "title": channel.name,
        "externalId": channel.id,
        "description": "A fake channel",
        "channelUrl": f"https://www.youtube.com/channel/{channel.id}",
    }
    tabs = [shown(name) for name in ("videos", "shorts", "streams") if listed(videos, name)]
    return {
        "metadata": {"channelMetadataRenderer": named},
        "contents": {"twoColumnBrowseResultsRenderer": {"tabs": tabs}},
    }


def playlist_page(videos: Iterable[Video]) -> Json:
    def entry(video: Video) -> Json:
        return {
            "playlistVideoRenderer": {
                "videoId": video.id,
                "title": {"runs": [{"text": video.title}]},
                "lengthSeconds": str(video.duration),
                "isPlayable": True,
                "shortBylineText": {"runs": [{"text": CHANNEL.name}]},
            }
        }

    shown = [entry(video) for video in videos if video.kind not in HIDDEN]
    section = {
        "playlistVideoListRenderer": {
            "playlistId": PLAYLIST,
            "contents": shown,
        }
    }
    content = {
        "sectionListRenderer": {"contents": [{"itemSectionRenderer": {"contents": [section]}}]}
    }
    tab = {"tabRenderer": {"selected": True, "content": content}}
    return {
        "metadata": {"playlistMetadataRenderer": {"title": "Fake playlist"}},
        "contents": {"twoColumnBrowseResultsRenderer": {"tabs": [tab]}},
    }


def feed(videos: Iterable[Video]) -> str:
    """The channel's own feed (Atom)."""
    entries = "".join(
        f"<entry><id>yt:video:{video.id}</id><yt:videoId>{video.id}</yt:videoId>"
        f"<title>{html.escape(video.title)}</title>"
        f"<link rel='alternate' href='https://www.youtube.com/watch?v={video.id}'/>"
        f"<published>{video.published}</published></entry>"
        for video in listed(videos, "videos")[:15]
    )
    return (
        "<?xml version='1.0' encoding='UTF-8'?>"
        "<feed xmlns:yt='http://www.youtube.com/xml/schemas/2015' "
        "xmlns='http://www.w3.org/2005/Atom'>"
        f"<title>{CHANNEL.name}</title>{entries}</feed>"
    )


def timed_text(video: Video, language: str, heard: bool, kind: str) -> tuple[str, str]:
    """A captions file and its content type."""
    cues = (video.auto if heard else video.manual)[language]
    if kind == "json3":
        events = [
            {
                "tStartMs": int(start * 1000),
                "dDurationMs": int((end - start) * 1000),
                "segs": [{"utf8": said}],
            }
            for start, end, said in cues
        ]
        return "application/json", json.dumps({"wireMagic": "pb3", "events": events})

    def clock(seconds: float) -> str:
        minutes, rest = divmod(seconds, 60)
        return f"{int(minutes // 60):02d}:{int(minutes % 60):02d}:{rest:06.3f}"

    lines = [f"{clock(start)} --> {clock(end)}\n{said}\n" for start, end, said in cues]
    return "text/vtt", f"WEBVTT\nKind: captions\nLanguage: {language}\n\n" + "\n".join(lines)


def sponsorblock(videos: Iterable[Video], path: str) -> list[Json]:
    """What SponsorBlock knows of the videos whose id has this beginning of a hash."""
    return [
        {
            "videoID": video.id,
            "segments": [
                {
                    "category": category,
                    "actionType": "skip",
                    "segment": [start, end],
                    "UUID": f"{video.id}-{start}",
                    "videoDuration": video.duration,
                    "locked": 0,
                    "votes": 1,
                    "description": "",
                }
                for start, end, category in video.sponsored
            ],
        }
        for video in videos
        if hashlib.sha256(video.id.encode()).hexdigest().startswith(path.rsplit("/", 1)[-1])
    ]


def page(data: Json, told: Json | None = None) -> str:
    """A page of the site, with its data in it as the site has it."""
    client = {
        "clientName": "WEB",
        "clientVersion": "2.20261001.00.00",
        "hl": "en",
        "visitorData": "CgtGYWtl",
    }
    config = {
        "INNERTUBE_CONTEXT": {"client": client},
        "INNERTUBE_CONTEXT_CLIENT_NAME": 1,
        "STS": 20000,
        "PLAYER_JS_URL": "/s/player/deadbeef/player_ias.vflset/en_US/base.js",
    }

    def script(code: str, value: Json) -> str:
        return f"<script>{code}{json.dumps(value).replace('</', '<' + chr(92) + '/')}"

    return (
        f"<html><head>{script('ytcfg.set(', config)});</script></head><body>"
        + (f"{script('var ytInitialPlayerResponse = ', told)};</script>" if told else "")
        + f"{script('var ytInitialData = ', data)};</script></body></html>"
    )
