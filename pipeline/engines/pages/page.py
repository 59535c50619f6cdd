"""An article's Markdown as one web page: no script, nothing fetched from elsewhere."""

import re
from collections.abc import Sequence
from importlib.resources import files
from string import Template

import markdown
import nh3

from pipeline.engines.moments import clock, listening_copy
from pipeline.engines.outside import in_markup, web_address
from pipeline.engines.pages.article import called, reading_minutes
from pipeline.model import Interview, Receipt, Video

# What our own Markdown becomes, and nothing more; whatever else got in is dropped.
TAGS = {"a", "blockquote", "em", "h1", "h2", "h3", "hr", "li", "p", "span", "strong", "ul"}
ATTRIBUTES = {"a": {"href"}}
CLASSES = {"a": {"time"}, "span": {"time"}}


def to_html(interview: Interview, body: str, timeline: str | None) -> str:
    """The whole page around an article's Markdown and its picture."""
    article = interview.article
    return filled(
        body,
        title=article.title,
        standfirst=article.standfirst,
        byline=_byline(interview),
        language=interview.transcript.language,
        receipt=interview.receipt,
        audio=_audio(interview),
        timeline=timeline,
    )


def filled(
    body: str,
    *,
    title: str,
    standfirst: str,
    byline: str,
    language: str,
    receipt: Receipt,
    audio: str = "",
    timeline: str | None = None,
) -> str:
    """The page with what is given; byline and audio are HTML, the body is Markdown."""
    template = Template(files(__package__).joinpath("page.html").read_text(encoding="utf-8"))
    ready = receipt.status == "ready"
    return template.substitute(
        language=_language(language),
        title=in_markup(title),
        standfirst=in_markup(standfirst),
        status="Ready" if ready else "Needs review",
        status_class="ready" if ready else "review",
        byline=byline,
        audio=audio,
        timeline=f"<figure><div>\n{timeline}</div></figure>" if timeline else "",
        # A name stays on the line of its dash.
        body=in_html(body.replace(" — ", " —\u00a0")),
        passed=sum(check.passed for check in receipt.checks),
        checks=len(receipt.checks),
        receipt=_receipt(receipt),
    )


def in_html(body: str) -> str:
    """Markdown as HTML that holds nothing but text, headings, lists, quotations and links."""
    converter = markdown.Markdown(output_format="html")
    converter.ESCAPED_CHARS.append("|")  # as its own tables do, which we do without
    return nh3.clean(
        converter.convert(body),
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )


def _language(said: str) -> str:
    return said if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", said) else "und"


def _byline(interview: Interview) -> str:
    people = [
        (called(interview, speaker.id), speaker.role)
        for speaker in interview.speakers
        if speaker.name
    ]
    return byline(interview.video, people, reading_minutes(interview.article))


def byline(video: Video, people: Sequence[tuple[str, str]], minutes: int) -> str:
    """Guest and host, each with the role; channel, date, length, time to read; as HTML."""
    named = [
        f"<strong>{in_markup(name)}</strong> ({role})"
        for wanted in ("guest", "host")
        for name, role in people
        if role == wanted
    ]
    channel, page = in_markup(video.channel or ""), web_address(video.channel_url)
    source, lasts = web_address(video.url), clock(video.duration) if video.duration else ""
    where = (
        f'<a href="{in_markup(page)}">{channel}</a>' if channel and page else channel,
        in_markup(video.published or ""),
        lasts,
        f'<a href="{in_markup(source)}">the recording</a>' if source else "",
        f"{minutes} min read" if minutes else "",
    )
    lines = (" with ".join(named), " · ".join(part for part in where if part))
    return "<br>".join(line for line in lines if line)


def _audio(interview: Interview) -> str:
    name = listening_copy(interview.audio)
    return f'<audio controls preload="metadata" src="{in_markup(name)}"></audio>' if name else ""


def _receipt(receipt: Receipt) -> str:
    lines = []
    for check in receipt.checks:
        found = f": {in_markup('; '.join(check.found))}" if check.found else ""
        kind = "passed" if check.passed else "failed"
        lines.append(f'<li class="{kind}">{in_markup(check.name)}{found}</li>')
    return "\n".join(lines)
