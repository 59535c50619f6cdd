"""An article's Markdown as one web page: no script, nothing fetched from elsewhere."""

import re
from importlib.resources import files
from string import Template

import markdown
import nh3

from pipeline.engines.article import called
from pipeline.engines.moments import clock, listening_copy
from pipeline.engines.outside import in_markup, web_address
from pipeline.model import Interview

# What our own Markdown becomes, and nothing more; whatever else got in is dropped.
TAGS = {"a", "blockquote", "em", "h1", "h2", "hr", "li", "p", "span", "strong", "ul"}
ATTRIBUTES = {"a": {"href"}}
CLASSES = {"a": {"time"}, "span": {"time"}}


def to_html(interview: Interview, body: str, timeline: str | None) -> str:
    """The whole page around an article's Markdown and its picture."""
    article, checks = interview.article, interview.receipt.checks
    ready = interview.receipt.status == "ready"
    template = Template(files("pipeline.engines").joinpath("page.html").read_text(encoding="utf-8"))
    return template.substitute(
        language=_language(interview.transcript.language),
        title=in_markup(article.title),
        standfirst=in_markup(article.standfirst),
        status="Ready" if ready else "Needs review",
        status_class="ready" if ready else "review",
        byline=_byline(interview),
        audio=_audio(interview),
        timeline=f"<figure><div>\n{timeline}</div></figure>" if timeline else "",
        # A name stays on the line of its dash.
        body=sanitized(body.replace(" — ", " —\u00a0")),
        passed=sum(check.passed for check in checks),
        checks=len(checks),
        receipt=_receipt(interview),
    )


def sanitized(body: str) -> str:
    """Our Markdown as HTML, and nothing in it that it does not become."""
    return nh3.clean(
        markdown.markdown(body, output_format="html"),
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )


def _language(said: str) -> str:
    return said if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", said) else "und"


def _byline(interview: Interview) -> str:
    """Guest and host, then channel, date and length."""
    video = interview.video
    people = [
        f"<strong>{in_markup(called(interview, speaker.id))}</strong> ({speaker.role})"
        for role in ("guest", "host")
        for speaker in interview.speakers
        if speaker.role == role and speaker.name and interview.turns.proven
    ]
    channel, page = in_markup(video.channel or ""), web_address(video.channel_url)
    source, lasts = web_address(video.url), clock(video.duration) if video.duration else ""
    where = (
        f'<a href="{in_markup(page)}">{channel}</a>' if channel and page else channel,
        in_markup(video.published or ""),
        lasts,
        f'<a href="{in_markup(source)}">the recording</a>' if source else "",
    )
    lines = (" with ".join(people), " · ".join(part for part in where if part))
    return "<br>".join(line for line in lines if line)


def _audio(interview: Interview) -> str:
    name = listening_copy(interview.audio)
    return f'<audio controls preload="metadata" src="{in_markup(name)}"></audio>' if name else ""


def _receipt(interview: Interview) -> str:
    lines = []
    for check in interview.receipt.checks:
        found = f": {in_markup('; '.join(check.found))}" if check.found else ""
        kind = "passed" if check.passed else "failed"
        lines.append(f'<li class="{kind}">{in_markup(check.name)}{found}</li>')
    return "\n".join(lines)
