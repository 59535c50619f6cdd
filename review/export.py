"""An article in the forms in which it is carried elsewhere. A line of the table adds one."""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from pipeline import export
from pipeline.engines.moments import in_article
from pipeline.engines.pages import article, page
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
    what: str  # whom it is for
    ending: str
    kind: str
    made: Callable[[Asked], bytes]


def body(known: Interview) -> str:
    """The article as plain HTML, for a blog or for the clipboard: no style, no script."""
    return page.in_html(article.to_markdown(known, in_article(known.video)))


def markdown(asked: Asked) -> bytes:
    """With front matter for Hugo, Jekyll and Astro."""
    return written_out(asked.known, asked.rules.config.render)["article.md"].encode()


def check_pack(asked: Asked) -> bytes:
    """What the guest is asked to confirm, with the sound of each quotation in it."""
    return pack.page(asked.draft, asked.known).encode()


def as_it_lies(to: str) -> Callable[[Asked], bytes]:
    """As `mytake export` makes it, of article.md with all that was edited in it by hand."""

    def made(asked: Asked) -> bytes:
        name, files = export.files(asked.draft.folder, to, asked.draft.style or None)
        return files[""] if "" in files else _zipped(name, files)

    return made


def _zipped(name: str, files: Mapping[str, bytes]) -> bytes:
    """A folder as one file, the same for the same."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as zipped:
        for file, data in files.items():
            zipped.writestr(zipfile.ZipInfo(f"{name}/{file}"), data, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


HTML, MARKDOWN = "text/html; charset=utf-8", "text/markdown; charset=utf-8"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# In the order in which they are offered.
FORMS: Mapping[str, Form] = {
    "markdown": Form("Markdown", "one file, with front matter", "md", MARKDOWN, markdown),
    "docx": Form("Word", "also for LibreOffice and Google Docs", "docx", WORD, as_it_lies("docx")),
    "html": Form("Web page", "one file that loads nothing", "html", HTML, as_it_lies("html")),
    "hugo": Form(
        "Hugo", "a page bundle: unpack it in content/", "zip", "application/zip", as_it_lies("hugo")
    ),
    "ghost": Form(
        "Ghost", "its Settings, Import/Export, Universal import; always a draft", "ghost.json",
        "application/json", as_it_lies("ghost"),
    ),
    "check": Form(
        "Check pack for the guest", "one file with each quotation and its sound, to be mailed",
        "check.html", HTML, check_pack,
    ),
}  # fmt: skip


def made(of: Draft, known: Interview, decision: Decision | None, form: str, rules: Rules) -> bytes:
    """The article in that form."""
    return FORMS[form].made(Asked(of, replace(known, decision=decision), rules))
