"""How well a sentence stands on its own: what a writer weighs before it picks one.

The cues are English. For other languages only those of shape count (length, numbers, marks), so
choices get plainer there, never wrong.
"""

import re
from collections.abc import Callable

from pipeline.speech import asks, forms, listed, normal

LONGEST_READ = 2000  # characters; captions may hold a "word" without end

Cue = tuple[str, float, Callable[[str], bool]]  # (reason, weight, test of the text)

_ENDS = re.compile(r"[.!?。！？।؟][\"'”’»)\]]*$")
# "… until we figure out how to…?" was broken off too.
# So was "a metric around cost or something like."
_CUT = re.compile(
    r"(?:\.\.|…|[-–—:;,]"
    r"|\b(?:(?:something|things|stuff) like|the|an?|and|because|than|if|my|your)\.)"
    r"\s*\??[\"'”’»)\]]*$"
)
_BRACKETS = re.compile(r"[\[\]{}<>]|\*")  # [laughter], [inaudible]: what a transcriber added

# A question whose subject stands in an earlier sentence: "How did that work?"
_POINTS_BACK = re.compile(
    r"\b(?:that|this|those|these)(?:['’]s)?(?=\s+(?:is|was|were|are|does|did|do|would|will|can|could"
    r"|should|mean|means|work|works|have|has|had|be|been|being|happen|happens|happened|look|looks"
    r"|from|to|in|for|about|and|or|like|when|if|because|a|the|you|we|going|not|come|came|affect"
    r"|change|changed|feel|sound|also|actually|really|so|possible|true|all|part)\b|\s*[?.,!;:]|$)"
    r"|\b(?:do|does|did|is|was|will|would|can|could|should|might)\s+(?:that|this)(?=\s+(?:potentially"
    r"|probably|maybe|necessarily|even|ever|then|still|apply|include|help|make|give|tell|get|lead)\b)"
    # "How have we dealt with that as a society?": after both words "that" can join nothing.
    r"|\b(?:with|of|about|for|to|from|on|in|by|at|like|after|before) (?:that|this|those|these)"
    r"(?= (?:as|with|by|at|on|into|through|over|before|after|now|today|here|right|well|yourself)\b)"
    r"|\b(?:that|this|it|he|she|they|there)['’](?:s|re|d|ll)\b|\bthere(?=\s*[?.,]|$)"
    r"|\b(?:stay|live|lived|go|went|work|worked|been|being) there\b"
    r"|\b(?:it|he|she|they|them|him|theirs)\b",
    re.IGNORECASE,
)
# "Is it possible …" points at nothing.
_DUMMY = re.compile(
    r"\b(?:it['’]s|is it|was it|it is|it was|does it|did it|would it be|it would be|it|that)\s+"
    r"(?:possible|true that|fair to|important|hard to|easy to|difficult to|clear that|take to"
    r"|mean to|feel to|feel like to|like to|like being|worth|safe to|that we|that you"
    r"|that people)\b"
    # "Did you know that you would need them?"
    r"|\b(?:know|knew|think|thought|believed?|feel|felt|sure|reali[sz]ed?|hope|assumed?|argue|worry"
    r"|convinced|fact|idea) that(?= (?:you|we|they|the|a|an|there|people|our|your|their)\b)"
    r"|\b(?:how|why) is it that\b|\bthere['’]s\s+(?:a|an|no|any|some)\b",
    re.IGNORECASE,
)
_THIS_THING = re.compile(
    r"\b(?:that|this|those|these|such)\s+(?:kind|sort|type|one|ones|thing)\b", re.I
)

# "Have these machines changed you?": which?
_WHICH = re.compile(
    r"(?:^(?:but|and|so) that|\b(?:of|in|on|to|for|from|with|about|at|is|was) that"
    r"|\b(?:this|these|those)) "
    r"(?!(?:year|week|month|morning|summer|moment|day|days|time|world|country|century|interview"
    r"|conversation|talk|episode|podcast|show|is|are|was|were)\b)[a-z]",
    re.IGNORECASE,
)
# A sentence that leans on the one before it. "So" and "And" alone only sound unfinished.
_LEANS = re.compile(
    r"^(?:(?:and|but|so|because|or|yeah|well|now|then|okay|ok|right|no|yes|like|i mean|you know"
    r"|in fact|actually|basically|again|also|of course|obviously|honestly)[,.]?\s+)*"
    r"(?:it|its|it['’]s|that|that['’]s|this|these|those|he|she|they|them|his|her|their|he['’]s"
    r"|she['’]s|they['’]re|they['’]ve|which|who|one of them|both|neither|each of|some of them"
    r"|the other|another one|the same|there(?!['’]s| is| are| was| were| will)|then|such"
    r"|doing (?:that|this|so)|on the other hand"
    r"|(?:in|at|by|after|before|with|for|because of) (?:that|this|those|these)|meanwhile|similarly"
    r"|likewise|secondly|thirdly|finally|otherwise|instead|except|not only that|same thing"
    r"|as in|(?:what|where|when|why|how) (?:that|this|it)\b(?! (?:is|was|takes)\b))\b",
    re.IGNORECASE,
)
_MIDSTREAM = re.compile(r"^(?:because|or|which|but|and|so|also|then|otherwise|plus|like)\b", re.I)
# What answers the question itself may begin so: the question is printed right above it.
_REFERS = re.compile(
    r"\b(?:did that|do that|does that|doing that|like that|like this|that way|this way|with that"
    r"|to that|of that|of this|of them|of it|about it|about that|for that|from that|in it|on that"
    r"|the former|the latter|as i said|as you said|you mentioned|i(?:['’]ve)? (?:just )?mentioned"
    r"|(?:i|we) (?:was|were) (?:just )?(?:talking about|describing|saying))\b"
    r"|^(?:[\w'’]+\W+){1,3}also\b",
    re.IGNORECASE,
)

_NAME = re.compile(r"(?<=[\w,;] )[A-Z][\w'’-]+")
_REASON = re.compile(
    r"\b(?:because|the reason|that['’]s why|therefore|which means|so that|for example|for instance"
    r"|the difference|the problem|the key|the biggest|the most|the first|instead of|rather than)\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:you know|i mean|sort of|kind of|i don['’]t know|i guess|whatever|and so on|or something"
    r"|and stuff|and things like that|et cetera|blah)\b|, like,",
    re.IGNORECASE,
)
# "How does, how do they …", "to that towards that": a word, another, the first again.
_STUMBLE = re.compile(
    r"\b(\w+(?: \w+)?),? \1\b|\b(how|what|why|who|where|when|is|are|do|does) \w+, \2\b"
    r"|\bto (\w+) towards? \3\b",
    re.IGNORECASE,
)
_RESTART = re.compile(r"\w(?:--|[–—] ?|- )\w")
# Clears the throat: says that something will be said.
_THROAT = re.compile(
    r"\b(?:i can speak to|let me (?:explain|give|try|start|answer|say|tell)|maybe let me"
    r"|i['’]?ll (?:explain|try to|start|give you|answer)|where (?:do|should) i (?:start|begin)"
    r"|to answer (?:that|your)|i (?:can|could) talk about|^(?:so,? )?if (?:i|you|we) go back"
    r"|(?:that|this) is a (?:good|great|big) one)\b",
    re.IGNORECASE,
)
# "After this timeout expires." is half a sentence.
_HALF = re.compile(
    r"^(?:(?:and|but|so) )?(?:after|when|if|until|although|while|since|unless|once|before"
    r"|whereas)\b[^,]*$",
    re.IGNORECASE,
)
# What a sentence at the end of a quotation must not begin: a reader waits for the rest.
_OPENS_MORE = re.compile(
    r"^(?:(?:and|but|so|now|like|well|okay)[,]? )*(?:for example|for instance|let['’]?s say|say,"
    r"|imagine|suppose|consider|(?:if|when) (?:we|you) (?:take|look|think)\b|take\b|like,"
    r"|because|here['’]?s|first|one (?:is|thing|of)|on the one hand|there (?:are|were) (?:two|three"
    r"|four|a (?:few|couple|number)))(?!\w)",
    re.IGNORECASE,
)
_PLEASANT = re.compile(
    r"\b(?:thank(?:s| you)|welcome|my pleasure|good to (?:see|be)|great to (?:see|be|have)"
    r"|nice to (?:meet|see|be)|glad to|appreciate (?:it|you|that)|great question|good question"
    r"|interesting question|how are you|how['’]s it going|subscribe|patreon|sponsor"
    r"|(?:this|the) (?:show|podcast|episode))\b",
    re.IGNORECASE,
)

# What makes a sentence worth printing, in an answer.
RICH: tuple[Cue, ...] = (
    # No figure is in "F150" or "Llama-3".
    ("a number", 0.35, lambda text: bool(re.search(r"(?<![A-Za-z])(?<![A-Za-z]-)\d", text))),
    ("a name", 0.25, lambda text: bool(_NAME.search(text))),
    ("a reason or an example", 0.25, lambda text: bool(_REASON.search(text))),
    ("says a good deal", 0.4, lambda text: 4 <= len(content(text)) <= 18),
    ("readable length", 0.3, lambda text: 7 <= len(text.split()) <= 32),
    ("long-winded", -0.4, lambda text: len(text.split()) > 42),
    ("endless", -0.8, lambda text: len(text.split()) > 65),
    ("says little", -0.5, lambda text: len(content(text)) < 2),
    ("clears the throat", -0.5, lambda text: bool(_THROAT.search(text))),
    ("half a sentence", -0.8, lambda text: len(text.split()) <= 8 and bool(_HALF.match(text))),
    ("hedges", -0.25, lambda text: bool(_HEDGE.search(text))),
    ("hedges again", -0.35, lambda text: len(_HEDGE.findall(text)) > 1),
    ("stumbles", -0.35, lambda text: bool(_STUMBLE.search(text))),
    ("starts anew", -0.5, lambda text: bool(_RESTART.search(text))),
    ("begins in the middle", -0.8, lambda text: text[:1].islower()),
    (
        "a quotation left open",
        -0.6,
        lambda text: text.count('"') % 2 + text.count("“") != text.count("”"),
    ),
    ("asks back", -0.6, asks),
    ("courtesy", -0.8, lambda text: bool(_PLEASANT.search(text))),
)

_INVERTED = re.compile(
    r"\b(?:what|how|why|when|where|who|whom|whose|which|what['’]s|who['’]s|how['’]s|where['’]s)\b"
    r"|\b(?:is|are|was|were|do|does|did|can|could|will|would|should|have|has|had|am|isn['’]t"
    r"|aren['’]t|don['’]t|doesn['’]t|didn['’]t|can['’]t|couldn['’]t|won['’]t|wouldn['’]t|shouldn['’]t"
    r"|haven['’]t|hasn['’]t)\s+(?:it|there|you|we|they|he|she|i|the|a|an|this|that|these|those|your"
    r"|our|my|his|her|their|people|any\w*|some\w*|every\w*|[A-Z]\w+)\b",
    re.IGNORECASE,
)
_TAG = re.compile(
    r"(?:[,.–—-]|^)\s*(?:which is what|or what|guess what|right|correct|no|yeah|yes|okay|ok|huh"
    r"|really|true|eh|you know|you see"
    r"|(?:is|are|was|were|do|does|did|has|have|can|could|would|will)(?:n['’]t)? "
    r"(?:it|they|you|he|she|we|that|there))\s*\?+$|\bguess what\?+$",
    re.IGNORECASE,
)
# "We're talking about years, what do you think?" asks nothing that can be read alone.
_AFTERTHOUGHT = re.compile(
    r"\b(?:what do you (?:think|say|make of (?:that|it|this))|do you (?:think so|agree)"
    r"|how about you|what about you|is that (?:right|true|fair|correct))"
    r"(?: about (?:that|it|this))?\s*\?+$",
    re.IGNORECASE,
)
_PRAISE = re.compile(
    r"(?:awesome|great|cool|nice|okay|ok|right|yeah|yes|perfect|wow|sure|interesting|exactly"
    r"|all right|alright|got it|i see)\b[,.!–—-]",
    re.IGNORECASE,
)
_SMALL_TALK = re.compile(
    r"\bhow are you\b|\bhow['’]s it going\b|\bhow have you been\b"
    r"|\bwhere can (?:people|listeners|we|they|folks|everyone|our)\b"
    r"|\b(?:find|follow|reach|connect with) you\b|\bany(?:thing)? (?:else|final|last|parting)\b"
    r"|\bthank(?:s| you)\b|\bwelcome\b|\bare you (?:ready|there|okay|comfortable)\b"
    r"|\b(?:do|did|can) you (?:hear|see) (?:me|it|that|this)\b|\bcan i ask\b|\bdo you mind\b"
    r"|\bwhat do you mean\b|\bmake sense\b|\byou know what i mean\b|\bstate your name\b"
    r"|\bintroduce yourself\b|\bwhat(?:['’]s| is) next for you\b|\bknow what i['’]m saying\b",
    re.IGNORECASE,
)

# What every guest is asked, whatever the interview is about; a chapter may be named after that.
_ANY_GUEST = re.compile(
    r"\bfavou?rite (?:\w+ ){0,2}(?:movie|film|book|show|tv|series|song|album|band|food|meal|drink"
    r"|product|app|gadget|quote|saying|motto|podcast|city|place|hobby)s?\b"
    r"|\bbooks?\b[^.?!]{0,40}\b(?:recommend|gift)|\blife motto\b|\bguilty pleasure"
    r"|\b(?:watch|read|listen)\w* (?:to )?(?:these days|lately|recently|right now)\b"
    r"|\bhidden talent\b|\bsuperpower\b",
    re.IGNORECASE,
)
_SIDE_SHOW = re.compile(r"\b(?:lightning|rapid|quick|speed)[- ]?(?:fire|round)\b", re.IGNORECASE)
# "First question, what books …" comes from a list, too.
_COUNTED = re.compile(
    r"(?:(?:okay|ok|so|and|all right|alright),? )*(?:(?:the |your |my |our )?"
    r"(?:first|next|second|third|fourth|fifth|last|final|two last|closing)) question\b",
    re.IGNORECASE,
)
# Who speaks so answers. Only asked where the speakers are guessed from the text.
_ANSWERS = re.compile(
    r"\b(?:(?:do|should|am|can|would) i(?! (?:have|get) (?:it|that) right)"
    r"|therefore|remember|i (?:think|believe|feel|would say)|we (?:will|have|need|had|are|did)"
    r"|we['’](?:ve|re|ll))\b",
    re.IGNORECASE,
)
# Asks without a question mark. Only where nothing better was asked: see the cue below.
_REQUEST = re.compile(
    r"\b(?:tell (?:me|us|everyone|people|our)|walk (?:me|us)|take (?:me|us) (?:through|back)"
    r"|talk (?:to (?:me|us)|me through|about how|about what|about why|about your"
    r"|a (?:little )?(?:bit )?about)"
    r"|(?:please |you )?(?:explain|describe)|give (?:me|us)|i(?: was|['’]m)? wonder(?:ing)?"
    r"|i(?:['’]d| would) (?:love|like) to (?:hear|know|ask|understand)|i(?:['’]m| am) curious)\b",
    re.IGNORECASE,
)

# Asks, as a clause of its own, where speech recognition heard no question: "The sea rises, is the
# mill in danger." What can as well be no question is missing: "do the same", "is that we …".
_UNMARKED = re.compile(
    r"(?:^|[,.;:…–—-]\s)(?:(?:and|but|so|or|well|then|now|yeah|okay),?\s)*"
    r"(?:(?:what|how|why|when|where|who)\s(?:\w+\s)?)?"
    r"(?:(?:is|are|was|were|does|did|can|could|will|would|should|has)\s(?:it|there|you|we|they|he|she"
    r"|the|this|these|those|your|our|their|people|any\w*|some\w*)|(?:do|have)\s(?:you|we|they|people))"
    r"\b(?!['’])",
    re.IGNORECASE,
)

# "How long …", "how many …" ask for a number.
_OPEN = re.compile(
    r"\b(?:what|why|how(?! (?:long|many|much|old|often|far|big|tall|soon)\b))\b", re.IGNORECASE
)


def requests(text: str) -> bool:
    """Whether it asks to be told: "Can you talk to us about the dam?" wants more than a yes."""
    return bool(_REQUEST.search(text))


def side_show(title: str) -> bool:
    """Whether a chapter is a round of questions that every guest is asked.

    >>> side_show("Lightning round and final thoughts"), side_show("A lightning rod")
    (True, False)
    """
    return bool(_SIDE_SHOW.search(title))


def asks_openly(text: str) -> bool:
    """Whether yes, no or a number would be no answer.

    >>> asks_openly("How did it go?"), asks_openly("Did it go?"), asks_openly("How long?")
    (True, False, False)
    """
    return bool(_OPEN.search(text))


# What makes a question worth a heading.
ASKED_WELL: tuple[Cue, ...] = (
    ("asks openly", 0.4, asks_openly),
    ("names its subject", 0.5, lambda text: len(content(text)) >= 3),
    ("names a person or a thing", 0.25, lambda text: bool(_NAME.search(text))),
    ("of a heading's length", 0.4, lambda text: 6 <= len(text.split()) <= 24),
    # "How did you know to get the H100s?" is about them.
    ("says too little", -1.0, lambda text: len(content(text)) < 2 - bool(_NAME.search(text))),
    ("long", -0.5, lambda text: len(text.split()) > 32),
    ("far too long", -1.0, lambda text: len(text.split()) > 48),
    ("is a statement", -1.3, lambda text: not _INVERTED.search(_AFTERTHOUGHT.sub("", text))),
    ("asks only for a nod", -1.2, lambda text: bool(_TAG.search(text))),
    ("begins midstream", -0.2, lambda text: bool(_MIDSTREAM.match(text))),
    ("begins with praise", -0.7, lambda text: bool(_PRAISE.match(text))),
    (
        "goes on from another",
        -0.5,
        lambda text: bool(re.match(r"(?:or|because|then)\b", text, re.I)),
    ),
    ("quotes a question", -0.8, lambda text: bool(re.search(r"\?[\"”»]$", text))),
    ("small talk", -2.5, lambda text: bool(_SMALL_TALK.search(text))),
    ("is one of a list", -0.6, lambda text: bool(_COUNTED.match(text))),
    ("is asked of every guest", -1.2, lambda text: bool(_ANY_GUEST.search(text))),
    ("stumbles", -0.8, lambda text: bool(_STUMBLE.search(text) or _RESTART.search(text))),
    ("hedges", -0.3, lambda text: bool(_HEDGE.search(text))),
    ("no question mark", -0.4, lambda text: not asks(text)),
)

COMMON = listed(
    """a about above after again all almost also always am an and another any anything are around as
    ask at away back be because been before being between both but by call came can come could day
    did different do does doing done down each either else even ever every everything example feel
    few find first for from get getting give go goes going gonna good got great had happen happens
    has have having he her here him his how i idea if in instead interesting into is it its just
    kind know last least let like little long look lot made make makes many may maybe me mean means
    might more most much must my need never new next no not nothing now of off often okay on once
    one only or other our out over own part people perhaps person point pretty probably put quite
    rather really right said same say see seem seems sense she should so some somebody somehow
    someone something sort start still such sure take talk tell than thank that the their them then
    there these they thing things think this those though thought through time to today together
    too trying two under understand until up us use used very want was way we well went were what
    when where whether which while who whole why will with without word words work would yeah year
    years yes yet you your yourself question mention mentioned couple bit stuff guess wonder"""
)


def content(text: str) -> set[str]:
    """The words of a text that carry its meaning."""
    words = (form.removesuffix("'s") for form in forms(text.split()))
    return {word for word in words if len(word) > 2 and "'" not in word and word not in COMMON}


def weigh(text: str, cues: tuple[Cue, ...]) -> float:
    """Sum of the weights of the cues that hold."""
    seen = text[:LONGEST_READ]
    return sum(weight for _, weight, holds in cues if holds(seen))


def whole(text: str) -> bool:
    """Whether it ends as a sentence does, and holds no transcriber's mark.

    >>> whole("We copied it."), whole("We copied—"), whole("So, it was..."), whole("[laughs] Yes.")
    (True, False, False, False)
    """
    return bool(_ENDS.search(text)) and not _CUT.search(text) and not _BRACKETS.search(text)


def points_back(text: str) -> float:
    """How much a question leans on what was said before: 0 not at all, 1 wholly.

    >>> points_back("What is a tide mill?"), points_back("And how did that work?")
    (0.0, 1.0)
    >>> points_back("How have we dealt with that as a society?") > 0.5
    True
    >>> points_back("Did you know that you would need the dam?")
    0.0
    """
    bare = _DUMMY.sub(" ", text)
    found = _POINTS_BACK.search(bare)
    if not found:
        which = _WHICH.search(bare)
        unnamed = max(0.0, 0.4 - 0.15 * len(content(bare[: which.start()]))) if which else 0.0
        return 0.5 if _THIS_THING.search(bare) else unnamed
    # What was named earlier in the same words is no riddle: "What is a mill, and how does it work?"
    # The last word of a question is one more often: "What would he say, hanging out with it?"
    before = bare[: found.start()]
    riddle = not content(bare[found.end() :]) and not re.search(r"[.?!]\s", before)
    clearer = 0.15 if riddle else 0.3
    return max(0.0, 1.0 - clearer * len(content(before)))


def leans(text: str) -> float:
    """How badly a sentence opens when the one before it is not there: 0 well, 1 badly.

    >>> leans("The moon does not hold meetings."), leans("It came to $1,920."), leans("So we dug.")
    (0.0, 1.0, 0.3)
    """
    if _LEANS.match(text):
        return 1.0
    if text[:1].islower():
        return 0.8  # the middle of a sentence that a pause cut in two
    opening = " ".join(text.split()[:9])
    return 0.6 if _REFERS.search(opening) else 0.3 if _MIDSTREAM.match(text) else 0.0


def is_question(text: str) -> bool:
    """Whether it can head an answer: a question, or a request, of some words; no mere "Really?".

    >>> is_question("What was left to save?"), is_question("Tell me about the dam.")
    (True, True)
    >>> is_question("Why not?"), is_question("I read that it covers 50 acres.")
    (False, False)
    """
    asked = asks(text) or (bool(_REQUEST.search(text)) and whole(text))
    return asked and len(text.split()) >= 4 and not _TAG.fullmatch(text)


def asks_unmarked(text: str) -> bool:
    """Whether it asks something, by the order of its words, though no question mark was heard.

    >>> asks_unmarked("The sea is changing, is the water a threat to it.")
    True
    >>> asks_unmarked("The water is a threat."), asks_unmarked("Is the water a threat?")
    (False, False)
    """
    seen = text[:LONGEST_READ]
    return not asks(text) and len(seen.split()) >= 4 and bool(_UNMARKED.search(seen))


NODS = {"yes": {"yes", "yeah"}, "no": {"no", "not", "never"}}


def is_nod(text: str, *kinds: str) -> bool:
    """Whether it says no more than yes or no; kept in front of what it introduces.

    >>> is_nod("No."), is_nod("Not at all."), is_nod("Mud is a museum."), is_nod("No.", "yes")
    (True, True, False, False)
    """
    first = normal(text.split(maxsplit=1)[0])
    return len(text.split()) <= 3 and any(first in NODS[kind] for kind in kinds or NODS)


def answers(text: str) -> bool:
    """Whether it sounds like somebody who answers, not like one who asks."""
    return bool(_ANSWERS.search(text))


def joins_on(text: str) -> bool:
    """Whether it begins with a word that joins it to what was said before; "So" begins many."""
    return normal(text.split(maxsplit=1)[0]) in {
        "and",
        "because",
        "but",
        "or",
        "which",
        "plus",
        "also",
    }


def opens_more(text: str) -> bool:
    """Whether a sentence begins what only the next one ends.

    >>> opens_more("So for example, take a ship."), opens_more("The ship came in.")
    (True, False)
    """
    return bool(_OPENS_MORE.match(text))


def says_little(text: str) -> bool:
    """Whether a reply has not begun yet with it: courtesy, an echo of the question, "Well, yeah."

    >>> says_little("That's a great question."), says_little("Most memorable?")
    (True, True)
    """
    echo = asks(text) and len(text.split()) < 8
    named = bool(_NAME.search(text)) or any(map(str.isdigit, text))
    brief = len(text.split()) < 6 and len(content(text)) < 2 and not named
    courtesy = bool(_PLEASANT.search(text)) and len(text.split()) < 12
    throat = bool(_THROAT.search(text)) and len(text.split()) < 24
    return echo or brief or courtesy or throat
