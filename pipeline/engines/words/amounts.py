"""Numbers and units as words, in the languages that an article can be written in.

So that "neunzehn Stunden" is held against "19 hours". A number word that is in no table counts as
itself: it stands in no other language, so a clause with it is not printed.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

# language -> 0 to 20, then the tens
_COUNTED: Mapping[str, str] = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    " fifteen sixteen seventeen eighteen nineteen twenty"
    " thirty forty fifty sixty seventy eighty ninety",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn"
    " fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig"
    " dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze"
    " quinze seize dix-sept dix-huit dix-neuf vingt"
    " trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce"
    " quince dieciséis diecisiete dieciocho diecinueve veinte"
    " treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "it": "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici"
    " quattordici quindici sedici diciassette diciotto diciannove venti"
    " trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "nl": "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien"
    " vijftien zestien zeventien achttien negentien twintig"
    " dertig veertig vijftig zestig zeventig tachtig negentig",
    "pt": "zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze"
    " quinze dezesseis dezessete dezoito dezenove vinte"
    " trinta quarenta cinquenta sessenta setenta oitenta noventa",
}
# language -> what it calls these; a German Billion is an English trillion
_SCALES: Mapping[str, Mapping[str, str]] = {
    "en": {"half": "half", "hundred": "hundred", "thousand": "thousand", "million": "million",
           "billion": "billion", "trillion": "trillion", "dozen": "dozen"},
    "de": {"halb": "half", "halbe": "half", "hälfte": "half", "hundert": "hundred",
           "tausend": "thousand", "million": "million", "millionen": "million",
           "milliarde": "billion", "milliarden": "billion", "billion": "trillion",
           "billionen": "trillion", "dutzend": "dozen"},
    "fr": {"moitié": "half", "demi": "half", "demie": "half", "cent": "hundred",
           "cents": "hundred", "mille": "thousand", "million": "million", "millions": "million",
           "milliard": "billion", "milliards": "billion", "billion": "trillion",
           "billions": "trillion", "douzaine": "dozen"},
    "es": {"mitad": "half", "medio": "half", "media": "half", "cien": "hundred",
           "ciento": "hundred", "mil": "thousand", "millón": "million", "millones": "million",
           "billón": "trillion", "billones": "trillion", "docena": "dozen"},
    "it": {"metà": "half", "mezzo": "half", "mezza": "half", "cento": "hundred",
           "mille": "thousand", "mila": "thousand", "milione": "million", "milioni": "million",
           "miliardo": "billion", "miliardi": "billion", "bilione": "trillion",
           "dozzina": "dozen"},
    "nl": {"helft": "half", "half": "half", "halve": "half", "honderd": "hundred",
           "duizend": "thousand", "miljoen": "million", "miljard": "billion",
           "biljoen": "trillion", "dozijn": "dozen"},
    "pt": {"metade": "half", "meio": "half", "meia": "half", "cem": "hundred", "cento": "hundred",
           "mil": "thousand", "milhão": "million", "milhões": "million", "bilhão": "billion",
           "bilhões": "billion", "trilhão": "trillion", "dúzia": "dozen"},
}  # fmt: skip
# Numbers made of others: "einundzwanzig", "ventitré", "doscientos".
_MADE = re.compile(
    r"\w{3,}und(?:zwanz|dreiß|vierz|fünfz|sechz|siebz|achtz|neunz)ig|\w{3,}(?:hundert|tausend)"
    r"|\w{3,}[eë]n(?:twin|der|veer|vijf|zes|zeven|tach|negen)tig|\w{3,}(?:honderd|duizend)"
    r"|(?:vent|trent|quarant|cinquant|sessant|settant|ottant|novant)(?:uno|otto|\w?due|\w?tré?"
    r"|\w?quattro|\w?cinque|\w?sei|\w?sette|\w?nove)|\w{3,}(?:cento|mila)"
    r"|veinti\w{3,}|\w{3,}(?:cient|quinient|zent|cent)[oa]s"
)
# unit: what it is called, in whichever language; an ending in s counts as the same
_UNITS: Mapping[str, str] = {
    "percent": "percent prozent procent",
    "dollar": "dollar dólar dólare dollaro dollari",
    "euro": "euro",
    "pound": "pound pfund livre libra sterlina sterline pond",
    "second": "second sekunde sekunden seconde segundo secondo secondi seconden",
    "minute": "minute minuten minuto minuti minuut",
    "hour": "hour stunde stunden heure hora ora ore uur uren",
    "day": "day tag tage tagen jour día giorno giorni dag dagen dia",
    "week": "week woche wochen semaine semana settimana settimane weken",
    "month": "month monat monate monaten moi mese mesi maand maanden mes mês",
    "year": "year jahr jahre jahren an année año anno anni jaar jaren ano",
    "decade": "decade jahrzehnt jahrzehnte jahrzehnten décennie década decennio decennia",
    "century": "century centurie jahrhundert jahrhunderte siècle siglo secolo secoli eeuw século",
    "meter": "meter metre metern mètre metro metri",
    "kilometer": "kilometer kilometre kilometern kilomètre kilómetro chilometro chilometri"
    " quilômetro",
    "mile": "mile meile meilen milla miglio miglia mijl milha",
    "foot": "foot feet fuß pied pie piede piedi voet",
    "inch": "inch inche zoll pouce pulgada pollice pollici polegada",
    "kilogram": "kilogram kilo kilogramm kilogramme kilogramo chilogrammo chilogrammi chilo chili"
    " quilo quilograma",
    "gram": "gram gramm gramme gramo grammo grammi grama",
    "ton": "ton tonne tonnen tonelada tonnellata tonnellate",
    "watt": "watt vatio",
    "megawatt": "megawatt megavatio",
    "gigawatt": "gigawatt gigavatio",
    "degree": "degree grad degré grado gradi graad graden grau",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_SIGNS = {"%": "percent", "$": "dollar", "€": "euro", "£": "pound"}
_PER_HUNDRED = re.compile(r"\b(?:pour|por|per) cent[oa]?\b", re.IGNORECASE)


@cache
def _words_of(language: str) -> Mapping[str, str]:
    """Of a language without a table: English, as brands and loans are."""
    known = language if language in _COUNTED else "en"
    values = [*range(21), *range(30, 100, 10)]
    counted = zip(_COUNTED[known].split(), map(str, values), strict=True)
    return dict(counted) | dict(_SCALES[known])


def numbers(text: str, words: Iterable[str], language: str) -> frozenset[str]:
    """Each as figures, whether it is written so or in a word.

    >>> sorted(numbers("19 von 1,000", ["neunzehn", "von"], "de"))
    ['1000', '19']
    """
    figures = re.findall(r"\d+(?:[.,]\d+)*", text)
    table = _words_of(language[:2].lower())
    share = {"cent", "cento"} if _PER_HUNDRED.search(text) else set()
    words = frozenset(words) - share
    bare = {figure.replace(",", "") for figure in figures}
    made = {word for word in words if _MADE.fullmatch(word)}
    return frozenset(bare | made | {table[word] for word in words if word in table})


def units(text: str, words: Iterable[str]) -> frozenset[str]:
    """What is counted, measured or paid in.

    >>> sorted(units("le 40 pour cent en 19 heures", ["pour", "cent", "heures"]))
    ['hour', 'percent']
    """
    said = {_UNIT_OF.get(word) or _UNIT_OF.get(word.removesuffix("s")) for word in words}
    signs = {unit for sign, unit in _SIGNS.items() if sign in text}
    share = {"percent"} if _PER_HUNDRED.search(text) else set()
    return frozenset(signs | share | {unit for unit in said if unit})
