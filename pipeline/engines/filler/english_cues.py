"""How English shows open, call, close and advertise.

Each pattern is as narrow as a conversation *about* shows, sponsors and subscribers needs it to be:
what is not found costs a dull sentence, what is found wrongly costs a line of the interview.
"""

from typing import Final

from pipeline.engines.filler.cues import Cues, SponsorCues, StationCues, table

_SHOW = r"(?:show|podcast|program(?:me)?|episode|series|channel|video|livestream)"
_NAME = r"(?:[\w'&.-]+ ){1,6}?"  # of a show: at most six words
_SO = r"(?:(?:so|and|but|okay|ok|all right|alright|well|now|please|then|hey|again|finally|also) )*"
_WHEN = r"(?:today|tonight|now|this week|this month)"
_MAKES = r"(?:produced|edited|mixed|engineered|mastered|recorded|hosted)"

STATION: Final = StationCues(
    begins=table(
        (
            "welcomes the listeners",
            rf"^{_SO}(?:(?:hello|hi|hey|good \w+)(?: \w+){{0,4}} )?(?:and )?welcome"
            r"(?: everyone| everybody| all| friends| listeners)?(?: back)? to (?!(?:my"
            r"|our) ho\w+\b)",
            rf"^{_SO}(?:hello|hi|hey) (?:\w+ )?(?:everyone|everybody|folks|listeners)\b",
        ),
        (
            "names the show",
            rf"^{_SO}(?:this is|from|i'm (?:\S+ ){{1,3}}and this is) {_NAME}{_SHOW}$",
            rf"^{_SO}(?:you're|you are) (?:listening to|watching) {_NAME}{_SHOW}\b",
            r"^the following is an? (?:\w+ )?(?:conversation|interview|discussion)\b",
        ),
        (
            "names the guest",
            rf"^{_SO}(?:{_WHEN} )?(?:my|our|today's) (?:\w+ )?guests?(?: {_WHEN})?"
            r" (?:is|are|was|works?|joins?|needs no)\b",
            rf"^{_SO}(?:{_WHEN} )?(?:i'm|we're|i am|we are) (?:\w+ )?joined (?:\w+ ){{0,2}}?by\b",
        ),
        (
            "welcomes the guest",
            rf"^(?:\S+ ){{0,8}}welcome (?:back )?to (?:the|our|my) {_SHOW}\b",
            rf"^(?:\S+ ){{0,10}}for (?:coming|joining us|being) on (?:the|our|my|this) {_SHOW}\b",
        ),
    ),
    opens=table(
        (
            "names the show or its host",
            rf"^{_SO}(?:this|that) is {_NAME}{_SHOW}\b",
            rf"^{_SO}(?:i'm|i am|my name is) (?:\S+ ){{0,3}}(?:your|the) host\b",
            rf"^{_SO}(?:i'm|i am|my name is) \S+ \S+(?: and (?:this is|you're|welcome)\b.*)?$",
        ),
        (
            "names the guest",
            rf"\b(?:with (?:me|us)|joining (?:me|us)|here) {_WHEN}(?: (?:is|are)\b|$)",
            r"\b(?:i'm|we're|i am|we are) (?:\w+ )?joined (?:\w+ ){0,2}?by\b",
            rf"^{_SO}(?:{_WHEN} )?(?:i'm|we're|i am|we are) (?:\w+ )?(?:here|talking|speaking"
            rf"|chatting|sitting down) (?:{_WHEN} )?(?:with|to) (?:\S+ ){{2,}}",
        ),
        (
            "names the subject",
            rf"^{_SO}(?:{_WHEN}|in this {_SHOW}|on (?:today's|this) {_SHOW})(?: on the \w+)?"
            r" (?:we're|we are|i'm|we'll|we|is)\b",
        ),
        (
            "welcomes the guest",
            rf"^{_SO}(?:\S+ ){{0,3}}welcome(?: back)?(?: \S+){{0,2}}$",
            r"^(?:\S+ ){0,6}(?:thanks|thank you)(?: (?:so|very) much| both| all)? for"
            r" (?:joining|coming|being (?:here|with)|making (?:the )?time|taking the time"
            r"|doing this)\b",
            r"^(?:\S+ ){0,6}(?:good|great|nice|lovely|wonderful|pleasure|thrilled|excited|happy"
            r"|delighted|honou?red|honou?r) to (?:have|welcome) (?:you|both)(?: \S+){0,4}$",
        ),
        (
            "hands over",
            r"\bwithout (?:any )?further ado\b|\bdear friends\b|\bi (?:bring|give) you \S+",
            rf"^{_SO}(?:please (?:enjoy|welcome)|here(?:'s| is) (?:my|our|the) (?:conversation"
            r"|interview|talk|discussion|chat))\b",
            rf"^{_SO}let's (?:dive|jump|get) (?:right |straight )?(?:in|into it|to it|started)$",
        ),
    ),
    calls=table(
        (
            "breaks",
            r"\bwe(?:'ll| will) be right back\b",
            r"\bwe(?:'ll| will) be back (?:after|in (?:a|just)|shortly|soon|with)\b",
            rf"^{_SO}(?:(?:right|more|back) )+after (?:this|the|a)\b",
            r"\b(?:let's|we'll|we're (?:going to|gonna)) take (?:a|one) (?:very )?"
            r"(?:(?:quick|short|brief) break\b|break(?: here| now)?$)",
            rf"^{_SO}(?:stay tuned|stick around|don't go away)(?: (?:for|because|until|we"
            rf"|as)\b.*)?$",
            rf"^{_SO}(?:we're back|welcome back(?: (?:to|on|with) (?:\S+ ?){{1,5}})?)$",
        ),
        (
            "names itself",
            rf"^{_SO}(?:you're|you are) (?:listening to|watching) {_NAME}{_SHOW}\b",
        ),
        (
            "asks to subscribe",
            rf"^{_SO}(?:like and )?subscribe\b(?: (?:to (?:the|this|our|my)|on|now|wherever|if"
            rf"|and|for)"
            r"\b.*)?$",
            r"\b(?:please|remember to|don't forget to|(?:be|make) sure (?:to|you)"
            r"|consider) (?:also )?"
            r"(?:like and |rate and )?(?:subscrib(?:e|ing)|follow(?:ing)? (?:us|me|(?:the"
            r"|this) \w+))\b",
            rf"\byou can (?:also )?subscribe (?:to (?:the|this|our|my) {_SHOW}|wherever|on \w+)\b",
            r"\b(?:hit|smash|click|press) (?:the|that) (?:like|subscribe|bell|follow"
            r"|notification)\b",
            rf"^{_SO}give (?:us|this (?:video|episode)) a (?:like|thumbs)\b",
        ),
        (
            "asks for a review",
            r"\b(?:leave|leaving|give|giving|write|writing) us (?:a|an|your) (?:\S+ ){0,2}?"
            r"(?:review|rating|comment)\b",
            rf"\b(?:please|consider)\b.*\b(?:rat(?:e|ing)|review(?:ing)?|leav(?:e|ing) a) (?:\S+ )?"
            rf"(?:us|{_SHOW}|review|rating|comment)\b",
        ),
        (
            "tells where",
            r"\bwherever you (?:get|listen to|find) (?:your |our )?podcasts?\b",
            r"\b(?:links?|everything|details|transcripts?)\b.*\bin the (?:show notes"
            r"|description)\b",
            rf"^{_SO}(?:check|see|find) (?:out )?the (?:show notes|description)"
            r"(?: (?:below|for)\b.*)?$",
            rf"^{_SO}(?:you can )?find (?:all |our |past |more |the )+episodes\b.*\b(?:at|on)\b",
        ),
        (
            "asks for help",
            r"\b(?:support|join) (?:us|me|(?:the|this|our|my) \w+) (?:on|at|via) patreon\b",
            r"\bpatreon\.com\b|\bannual subscriber of (?:my|our|the)\b",
            rf"^{_SO}if you (?:like|liked|love|enjoy|enjoyed|want to support) (?:this|the|our|my"
            rf"|what)"
            rf" (?:{_SHOW}|work|we do|we're doing|you (?:hear|heard)).*\b(?:please|subscribe"
            rf"|consider"
            r"|leave|share|tell|rate|support|follow|give|check)\b",
            rf"^{_SO}(?:you can )?follow (?:us|me) on\b",
            rf"^{_SO}(?:you can )?(?:sign up (?:for|to)|subscribe to|get) (?:our|my) (?:\w+ )?"
            r"newsletter\b",
        ),
        (
            "promises more",
            rf"^{_SO}(?:we (?:have|release|drop|put out) |there are )?new episodes?"
            r" (?:\w+ )?(?:every|each|on|out)\b",
            rf"^{_SO}(?:coming up|up next)(?: (?:on|in|after)\b.*)?$",
        ),
    ),
    ends=table(
        (
            "says that it is over",
            rf"^{_SO}(?:that's|that is|that was) (?:about |just )?(?:it|all|a wrap) (?:for|on"
            rf"|from)\b",
            rf"^{_SO}(?:that's|that is|that was) (?:our|the end of (?:our|the|this)) "
            rf"(?:{_SHOW}|time|conversation)\b",
            rf"^{_SO}(?:that does it|that wraps (?:it )?up) (?:for )?",
            rf"^{_SO}that(?:'s| is| was| has been) {_NAME}for {_WHEN}$",
        ),
        (
            "thanks the listeners",
            r"\b(?:thanks|thank you)(?: (?:so|very) much| all| everyone| everybody| again"
            r"| as always| guys)* for (?:listening|watching|tuning in)\b",
        ),
        (
            "names itself",
            r"\byou've been (?:listening to|watching)\b",
            rf"^{_SO}(?:this|that|it) has been {_NAME}{_SHOW}\b",
        ),
        (
            "names the makers",
            rf"^(?:\S+ ){{0,4}}?(?:{_SHOW}|[\w']+) is (?:\w+ )?{_MAKES}(?: and \w+)? by\b",
            rf"\b(?:this|today's|our) {_SHOW} was (?:\w+ )?{_MAKES}\b",
            rf"^{_SO}(?:our|the show's|this week's) (?:\w+ )?(?:producers?|editors?|engineers?"
            rf"|theme"
            r"|music)(?: \w+){0,2} (?:is|are|was|were|by|comes)\b",
        ),
    ),
    closes=table(
        (
            "takes leave",
            r"\b(?:see|talk to|catch|hear from) you (?:all |guys |again )?(?:next|in the next|soon"
            r"|later|tomorrow)\b",
            r"\buntil (?:next time|next week|then)\b|\bhope to see you\b",
            rf"^{_SO}(?:take care|be well|stay safe|goodbye|bye|so long|cheers|good night)\b",
            r"\bhave a (?:great|good|nice|lovely|wonderful) (?:week|day|one|weekend|evening"
            r"|night)\b",
        ),
        (
            "names the makers",
            rf"\b{_MAKES} by\b|\bmusic (?:is |was )?by\b|\bspecial thanks to\b",
            rf"^{_SO}(?:as always )?i'm (?:your host|\S+ \S+$)",
        ),
        ("quotes", r"\b(?:leave you|close|end) with (?:\S+ ){0,3}(?:words?|quotes?|lines?)\b"),
    ),
    none=table(
        (
            "of somebody else's show, or of a work",
            rf"\b(?:your|his|her|their|that|another) (?:\w+ )?(?:{_SHOW}|newsletter|subscribers"
            r"|listeners|audience|film|movie|book|record|album)\b",
        ),
        (
            "what somebody else says",
            r"\b(?:he|she|they|people|you)(?:'d| would| used to| always| could)* "
            r"(?:say|says|said|tells?|told|wrote|mentioned)\b",
        ),
    ),
)

_THIS_SHOW = rf"(?:this|today's|tonight's|our) (?:\w+ )?{_SHOW}"
_SITE = r"[\w-]+(?:\.| dot )(?:com|io|org|ai|co|net|dev|app|fm|us|tv)\b"
_PAID = r"(?:brought to you|sponsored|supported|presented|made possible|powered)"
_PAYER = r"(?:sponsors?|partners?|advertisers?|supporters)"

SPONSOR: Final = SponsorCues(
    anyone=table(
        (
            "says who pays for this show",
            rf"^(?:[\w']+[ ,—–-]+){{0,6}}?{_THIS_SHOW}(?: is|'s)?(?: also)? {_PAID}"
            r"(?: to you)?(?: in part)?(?: today)? by\b",
            rf"^(?:and )?(?:support|funding) for {_THIS_SHOW} (?:comes|is provided)\b",
            r"^this message comes from\b",
        ),
    ),
    host=table(
        (
            "says who pays",
            rf"\b(?:{_THIS_SHOW}|the (?:\w+ ){{0,3}}(?:show|podcast)|we're|we are)(?: is|'s)?"
            rf" (?:\w+ )?{_PAID}(?: \w+)? by\b",
            r"\b(?:today's|tonight's|this (?:episode|week|show)'s|the show's|our (?:first|next"
            r"|second"
            r"|last|other|main|final)) (?:\w+ )?sponsors?\b(?!hip)",
            r"\bour sponsor,|\bour sponsors? (?:today|this week|for this|for today|of this) ",
            rf"\bsponsors? (?:of|for) {_THIS_SHOW}\b",
        ),
        (
            "goes to a message",
            r"\b(?:a|one|quick|short|brief) (?:\w+ )?(?:word|message|break|pause)"
            r" (?:from|for|about|to thank|to hear from) (?:(?:some|one) of )?(?:our|today's|this)"
            rf" (?:\w+ )?{_PAYER}\b",
        ),
        (
            "thanks who pays",
            r"\b(?:thanks|thank you|shout-?out)(?: again| also| so much)? to (?:our|my|today's)"
            rf" (?:\w+ )?(?:{_PAYER}|friends) (?:at|over at|from|for)\b",
            r"\b(?:thanks|thank you) (?:again )?to (?:our|today's) (?:\w+ )?sponsors?\b(?!hip)",
            r"\b(?:thanks|thank you) to (?:\S+ ){1,4}for (?:sponsoring|supporting)"
            rf" (?:us|{_THIS_SHOW}|the show|the podcast|our work)\b",
        ),
        (
            "sends to who pays",
            r"\b(?:check out|visit|support|go to|head (?:over )?to|thank) (?:(?:all|some) of )?"
            r"(?:our|my|today's) (?:\w+ )?sponsors?\b(?!hip)",
        ),
        (
            "gives a code",
            r"\b(?:use|enter|with) (?:the |my |our )?(?:\w+ )?code\b.*"
            r"\b(?:at checkout|(?:%|percent|dollars) off|off your)\b",
        ),
    ),
    offers=table(
        ("a site", rf"\b{_SITE}"),
        ("a page of a site", rf"\b{_SITE}(?: ?/ ?| slash )\w+"),
        ("a trial", r"\bfree trial\b|\btry it (?:for )?free\b|\bfor free (?:at|today)\b"),
        (
            "a rebate",
            r"(?:%|percent|dollars) off\b|\$\d+ off\b|\bat checkout\b|\bpromo code\b"
            r"|\bmoney-?back\b|\bfree shipping\b",
        ),
        (
            "an order",
            r"\bsign up (?:for|at|today|now)\b|\bget started (?:at|for|today|now)\b"
            r"|\bfirst (?:order|purchase|month|pair|box)\b|\border (?:now|today)\b"
            r"|\blearn more at\b|\bterms apply\b|\bcancel any ?time\b|\bcall now\b",
        ),
        ("a sponsor", r"\bsponsors?\b(?!hip)"),
    ),
    sends=table(
        (
            "to a site",
            r"(?:^|[,;:.—–-] ?)(?:(?:so|and|just|now|please|then|simply|again|today|or) )*"
            r"(?:visit|go to|head (?:over )?to|try|check (?:\w+ )?out|sign up|get started|start"
            rf"|learn more|find (?:out )?more|see more|get yours|order|download)\b.*\b{_SITE}",
        ),
    ),
    returns=table(
        (
            "turns back",
            r"^(?:and )?(?:so|now|okay|all right|alright|anyway|well|welcome back|back to"
            r"|with that)\b",
            r"\blet's\b|\bwelcome (?:back|to)\b|\bnow back to\b|^(?:before we|i want to|here's)\b",
        ),
        (
            "names the guest",
            r"\bmy guest\b|\bi'm (?:\w+ )?(?:joined|talking|here) (?:by|with|to)\b",
        ),
    ),
    none=table(
        (
            "was once",
            r"\b(?:was|were|been|being|used to be|had|got) (?:\w+ )?(?:brought to you|sponsored)\b",
        ),
        (
            "somebody else's",
            rf"\b(?:your|his|her|their|another) (?:\w+ )?(?:{_SHOW}|sponsors?|newsletter)\b",
        ),
        (
            "what somebody says",
            r"\b(?:you|he|she|they|people|somebody|someone)(?:'d| would| used to| always| will"
            r"| just)*"
            r" (?:hear|heard|say|says|said|read|reads)\b",
        ),
    ),
    # As written, with its capitals: who pays, where a message begins ...
    brand=(
        r"(?:brought to you (?:today |in part )*by|(?:sponsored|supported|presented|possible"
        r"|powered)"
        r" by|sponsors?,?|sponsor(?: today)? is|thanks to|from|friends (?:over )?at|partners at)\s+"
        r"((?:[A-Z][\w&'’.-]*\s*){1,3})"
    ),
    # ... and in the sentence after "a word from our sponsor": "Acme is the home of ..."
    later_brand=(
        r"^((?:[A-Z][\w&-]+ ){1,2})(?:is|are|makes?|helps?|turns?|lets?|gives?|automates?|builds?"
        r"|offers?)\b"
    ),
    # "Working Order is brought to you by Larkfield": a name, or it is a manner of speaking.
    paid_by=r"\b(?:is|are|'s)(?: also)? brought to you (?:today |in part )*by (?:the )?[A-Z]",
    site=rf"\b{_SITE.replace('[', '([', 1).replace('+', '+)', 1)}",
)

ENGLISH: Final = Cues(STATION, SPONSOR)
