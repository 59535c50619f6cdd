"""Text from outside, made safe to stand in Markdown, HTML, SVG and captions.

Titles, names, captions and transcripts are written by strangers. Each passes through here on its
way to a page, so that it is read there and nothing else.
"""

import html
import re
import unicodedata
from urllib.parse import quote, urlsplit, urlunsplit

# Letters and marks by category that nobody sees: they only hide or turn round what is seen.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u3164\uffa0")
_JOINERS = "\u200c\u200d"  # Persian, Hindi and emoji are spelt with them

# (what to look for, why): each is written as a character reference, which every Markdown dialect
# shows as the character and none takes for syntax.
REFERENCES = (
    (r"[<>]", "HTML, autolinks, quotation blocks"),
    (r"&(?=#?\w+;)", "character references"),
    (r"\{", "Hugo shortcodes, Jekyll's Liquid, kramdown attributes"),
    (r"~", "struck-out text, code fences"),
    (r"\$(?=\$)|(?<=\$)\$", "kramdown mathematics"),
    (r"@", "mail addresses and mentions become links"),
    (r"(?<=\w):(?=//)|(?<=www)\.", "bare addresses become links"),
    (r"^:", "kramdown definition lists"),
)
# The same with a backslash, which reads better in the source.
BACKSLASHED = (
    (r"[\\`*_\[\]]", "code, emphasis, links and images"),
    (r"#", "headings; Python-Markdown also strips them from a heading's end"),
    (r"\|", "kramdown makes a table of any line with one, be it in a link's text"),
    (r"^[-+]", "lists, rules, headings underlined"),
    (r"(?<=^\d)[.)]|(?<=^\d\d)[.)]|(?<=^\d\d\d)[.)]|(?<=^\d\d\d\d)[.)]", "numbered lists"),
)


def _any(table: tuple[tuple[str, str], ...]) -> str:
    return "|".join(pattern for pattern, _ in table)


_MARKDOWN = re.compile(f"(?P<slash>{_any(BACKSLASHED)})|{_any(REFERENCES)}")


def plain(text: str) -> str:
    r"""One line without control, direction-turning and invisible characters.

    >>> plain("Ada\n\tLove\u202elace\u200b")
    'Ada Lovelace'
    """
    kept = (
        " " if char.isspace() else char
        for place, char in enumerate(text)
        if char.isspace() or not _hidden(text, place)
    )
    return " ".join("".join(kept).split())


def _hidden(text: str, place: int) -> bool:
    char = text[place]
    if char in _JOINERS:
        around = text[place - 1 : place] + text[place + 1 : place + 2]
        return len(around) < 2 or around.isascii()
    return char in _INVISIBLE or unicodedata.category(char) in ("Cc", "Cf", "Cs")


def in_markdown(text: str) -> str:
    r"""Text that stands in Markdown as it is, at the start of a line or within one.

    >>> in_markdown("](javascript:x) <b> {{< x >}} 1 * 2")
    '\\](javascript:x) &lt;b&gt; &#123;&#123;&lt; x &gt;}} 1 \\* 2'
    """
    return _MARKDOWN.sub(_escaped, plain(text))


def _escaped(match: re.Match[str]) -> str:
    char = match.group()
    named = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
    return f"\\{char}" if match["slash"] else named.get(char, f"&#{ord(char)};")


def in_markup(text: str) -> str:
    """Text that stands in HTML or SVG as it is, in quotes or between tags.

    >>> in_markup('"A" --> <B>')
    '&quot;A&quot; --&gt; &lt;B&gt;'
    """
    return html.escape(plain(text))


def in_cue(text: str) -> str:
    """Text that stands in a WebVTT cue as it is, also as a voice's name.

    >>> in_cue("it's --> <b>")
    "it's --&gt; &lt;b&gt;"
    """
    return html.escape(plain(text), quote=False)


def web_address(url: str | None) -> str | None:
    """The http(s) URL, written so that nothing in it ends a link; without a password. Else None.

    >>> web_address("https://me:pw@example.org/a b)(c?x=1&y=2#z")
    'https://example.org/a%20b%29%28c?x=1&y=2#z'
    >>> web_address("javascript:alert(1)") is None
    True
    """
    try:
        parts = urlsplit(plain(url or ""))
    except ValueError:  # "https://[" is no address
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    return quote(urlunsplit(bare), safe="%/:?#=&,+!@")
