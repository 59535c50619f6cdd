"""A manuscript as a Word document: headings, lists and links are Word's own."""

import io
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

from docx import Document
from docx.document import Document as Paper
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from pipeline.engines.pages import page
from pipeline.engines.pages.manuscript import Manuscript

# What XML cannot hold. Everything else that is hidden went before: see `outside`.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST_PROPERTY = 255
LINK = RGBColor(0x0B, 0x5F, 0xA5)

# tag -> style of its paragraph
STYLES = {"h1": "Heading 1", "h2": "Heading 1", "h3": "Heading 2", "li": "List Bullet"}


def document_of(article: Manuscript) -> dict[str, bytes]:
    """The whole article; the picture stays in the folder, for Word reads no SVG of ours."""
    paper = Document()
    _describe(paper, article)
    paper.add_heading(_xml(article.told("title")), 0)
    Body(paper).feed(page.in_html(article.body))
    file = io.BytesIO()
    paper.save(file)
    return {"": file.getvalue()}


def _describe(paper: Paper, article: Manuscript) -> None:
    told = paper.core_properties
    told.title = _xml(article.told("title"))[:LONGEST_PROPERTY]
    told.subject = _xml(article.told("description"))[:LONGEST_PROPERTY]
    told.author, told.comments = "mytake", _xml(article.told("source"))[:LONGEST_PROPERTY]
    told.created = told.modified = datetime.now(UTC).replace(tzinfo=None)
    if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", article.language):
        told.language = article.language
        for language in paper.styles.element.iter(qn("w:lang")):  # what Word checks spelling in
            language.set(qn("w:val"), article.language)


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text)


class Body(HTMLParser):
    """Our own HTML, which is flat, put down paragraph by paragraph."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(convert_charrefs=True)
        self.paper = paper
        self.paragraph: Paragraph | None = None
        self.open: list[str] = []
        self.link: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a paragraph, a link, or a look of letters."""
        self.open.append(tag)
        if tag == "a":
            self.link = dict(attrs).get("href")
        elif tag == "hr":
            self.open.pop()
            self.paragraph = None
        elif tag in STYLES:
            self.paragraph = self.paper.add_paragraph(style=STYLES[tag])
        elif tag == "p" and not ("li" in self.open and self.paragraph):
            quoted = "Intense Quote" if "blockquote" in self.open else None
            self.paragraph = self.paper.add_paragraph(style=quoted)

    def handle_endtag(self, tag: str) -> None:
        """End it, and what was left open within."""
        while tag in self.open and self.open.pop() != tag:
            pass
        if tag == "a":
            self.link = None
        if tag in STYLES or tag == "p":
            self.paragraph = None

    def handle_data(self, data: str) -> None:
        """Put words down, in the looks that are open."""
        text = _xml(re.sub(r"\s+", " ", data))
        if not text.strip() and self.paragraph is None:
            return
        if self.paragraph is None:
            self.paragraph = self.paper.add_paragraph()
        run = self.paragraph.add_run(text)
        run.bold = True if "strong" in self.open else None
        run.italic = True if "em" in self.open else None
        if self.link:
            _link(self.paragraph, run, self.link)


def _link(paragraph: Paragraph, run: Run, url: str) -> None:
    """Wrap a run into a hyperlink, which python-docx reads and cannot write yet."""
    place = paragraph.part.relate_to(_xml(url), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), place)
    run.font.color.rgb, run.font.underline = LINK, True
    run._r.addprevious(link)
    link.append(run._r)
