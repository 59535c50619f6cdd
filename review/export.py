"""An article in the forms in which it is carried elsewhere. One line of the table adds a form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from pipeline.engines import article, page
from pipeline.engines.moments import in_article
from pipeline.model import Decision, Interview
from pipeline.render import written_out
from review import pack
from review.checks import Rules
from review.draft import Draft


@dataclass(frozen=True, slots=True)
class Asked:
    """What is carried elsewhere."""

    draft: Draft
    known: Interview  # with the decision, which says whether it is a draft still
    rules: Rules


@dataclass(frozen=True, slots=True)
class Form:
    """One form, as a file."""

    label: str
    ending: str
    kind: str
    made: Callable[[Asked], bytes]


def body(known: Interview) -> str:
    """The article as plain HTML, for a blog or for the clipboard: no style, no script."""
    return page.in_html(article.to_markdown(known, in_article(known.video)))


def markdown(asked: Asked) -> bytes:
    """With front matter for Hugo, Jekyll and Astro."""
    return written_out(asked.known, asked.rules.config.render)["article.md"].encode()


def html(asked: Asked) -> bytes:
    """One web page that loads nothing."""
    options = asked.rules.config.render.model_copy(update={"html": True})
    return written_out(asked.known, options)["article.html"].encode()


def check_pack(asked: Asked) -> bytes:
    """What the guest is asked to confirm, with the sound of each quotation in it."""
    return pack.page(asked.draft, asked.known).encode()


FORMS: Mapping[str, Form] = {
    "markdown": Form("Markdown", "md", "text/markdown; charset=utf-8", markdown),
    "html": Form("Web page", "html", "text/html; charset=utf-8", html),
    "check": Form("Check pack for the guest", "check.html", "text/html; charset=utf-8", check_pack),
}


def made(of: Draft, known: Interview, decision: Decision | None, form: str, rules: Rules) -> bytes:
    """The article in that form."""
    return FORMS[form].made(Asked(of, replace(known, decision=decision), rules))
