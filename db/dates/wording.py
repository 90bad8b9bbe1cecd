"""The words and the small grammar that dates need in each language, as native newspapers write them.

Month names come from babel; everything else that a date needs is in one `Wording` a language.
"""

from typing import NamedTuple


class Wording(NamedTuple):
    """One language's patterns; `{}` is replaced by a date, `{0}` and `{1}` by two of them.

    Patterns ending in `_{of}` join a date and its year. Articles end in a space or an apostrophe.
    """

    day_in_month: str  # day, month
    vowel_month: str | None  # the same before a month that begins with a vowel; None: no elision
    before_year: str  # between a day or month and its year
    first_day: str  # the 1st of a month
    after_christ: str  # years 1 to 999
    before_christ: str  # years before 1
    seasons: tuple[str, str, str, str]
    season_articles: tuple[str, str, str, str]
    quarters: tuple[str, str, str, str]
    quarter_article: str
    decade: str
    decade_article: str
    day_article: str
    vowel_article: str | None  # before 1, 11 and months with a vowel (Catalan)
    month_article: str
    year_article: str
    dash: str  # between two years
    day_dash: bool  # "3–5 May" instead of "from 3 to 5 May"
    start: str  # preposition of the first date of a range
    end: str  # preposition of the last date of a range
    since: str
    until: str
    until_bare: str  # before a date that takes no article
    around: str
    around_inside: str  # next to another date
    uncertain: str
    start_unknown: str
    end_unknown: str
    between: str
    or_: str
    and_: str
    comma: str
    or_before: str
    or_after: str
    date_and_time: str
    clock: str  # hours, minutes
    hour_dash: str  # between two times of one day
    undated: str
    always: str


ENGLISH = Wording(
    day_in_month="{} {}", vowel_month=None, before_year=" ", first_day="1",
    after_christ="AD {}", before_christ="{} BC",
    seasons=("spring {}", "summer {}", "autumn {}", "winter {}"), season_articles=("", "", "", ""),
    quarters=tuple(f"{name} quarter of {{}}" for name in ("first", "second", "third", "fourth")),  # type: ignore[arg-type]  # four
    quarter_article="the ", decade="the {}s", decade_article="",
    day_article="", vowel_article=None, month_article="", year_article="",
    dash="–", day_dash=True, start="", end="to", since="since", until="until", until_bare="until",
    around="around", around_inside="around {}", uncertain="{} (date uncertain)",
    start_unknown="{}, start unknown", end_unknown="{}, end unknown", between="between {0} and {1}",
    or_="{0} or {1}", and_="{0} and {1}", comma=", ", or_before="{} or earlier", or_after="{} or later",
    date_and_time="{}, {}", clock="{:02}:{:02}", hour_dash="–", undated="undated", always="always",
)  # fmt: skip

CATALAN = Wording(
    day_in_month="{} de {}", vowel_month="{} d’{}", before_year=" de ", first_day="1",
    after_christ="{} dC", before_christ="{} aC",
    seasons=("primavera del {}", "estiu del {}", "tardor del {}", "hivern del {}"),
    season_articles=("la ", "l’", "la ", "l’"),
    quarters=("1r trimestre del {}", "2n trimestre del {}", "3r trimestre del {}", "4t trimestre del {}"),
    quarter_article="el ", decade="dècada del {}", decade_article="la ",
    day_article="el ", vowel_article="l’", month_article="el ", year_article="el ",
    dash="-", day_dash=False, start="de", end="a", since="des de", until="fins a", until_bare="fins a",
    around="cap a", around_inside="{} (aproximadament)", uncertain="{} (data incerta)",
    start_unknown="{}, inici desconegut", end_unknown="{}, final desconegut", between="entre {0} i {1}",
    or_="{0} o {1}", and_="{0} i {1}", comma=", ", or_before="{} o abans", or_after="{} o després",
    date_and_time="{}, {}", clock="{:02}:{:02}", hour_dash="–", undated="sense data", always="sempre",
)  # fmt: skip

SPANISH = Wording(
    day_in_month="{} de {}", vowel_month=None, before_year=" de ", first_day="1",
    after_christ="{} d. C.", before_christ="{} a. C.",
    seasons=("primavera de {}", "verano de {}", "otoño de {}", "invierno de {}"),
    season_articles=("la ", "el ", "el ", "el "),
    quarters=tuple(f"{name} trimestre de {{}}" for name in ("primer", "segundo", "tercer", "cuarto")),  # type: ignore[arg-type]  # four
    quarter_article="el ", decade="década de {}", decade_article="la ",
    day_article="el ", vowel_article=None, month_article="", year_article="",
    dash="-", day_dash=False, start="de", end="a", since="desde", until="hasta", until_bare="hasta",
    around="hacia", around_inside="{} (aproximadamente)", uncertain="{} (fecha incierta)",
    start_unknown="{}, inicio desconocido", end_unknown="{}, final desconocido", between="entre {0} y {1}",
    or_="{0} o {1}", and_="{0} y {1}", comma=", ", or_before="{} o antes", or_after="{} o después",
    date_and_time="{}, {}", clock="{:02}:{:02}", hour_dash="–", undated="sin fecha", always="siempre",
)  # fmt: skip

FRENCH = Wording(
    day_in_month="{} {}", vowel_month=None, before_year=" ", first_day="1er",
    after_christ="{} apr. J.-C.", before_christ="{} av. J.-C.",
    seasons=("printemps {}", "été {}", "automne {}", "hiver {}"), season_articles=("le ", "l’", "l’", "l’"),
    quarters=("1er trimestre {}", "2e trimestre {}", "3e trimestre {}", "4e trimestre {}"),
    quarter_article="le ", decade="années {}", decade_article="les ",
    day_article="le ", vowel_article=None, month_article="", year_article="",
    dash="-", day_dash=False, start="de", end="à", since="depuis", until="jusqu’à", until_bare="jusqu’en",
    around="vers", around_inside="{} (date approximative)", uncertain="{} (date incertaine)",
    start_unknown="{}, début inconnu", end_unknown="{}, fin inconnue", between="entre {0} et {1}",
    or_="{0} ou {1}", and_="{0} et {1}", comma=", ", or_before="{} ou avant", or_after="{} ou après",
    date_and_time="{}, {}", clock="{}\u00a0h\u00a0{:02}", hour_dash="\u00a0–\u00a0",
    undated="sans date", always="toujours",
)  # fmt: skip

ARABIC = Wording(
    day_in_month="{} {}", vowel_month=None, before_year=" ", first_day="1",
    after_christ="{} م", before_christ="{} ق.م",
    seasons=("ربيع {}", "صيف {}", "خريف {}", "شتاء {}"), season_articles=("", "", "", ""),
    quarters=("الربع الأول من {}", "الربع الثاني من {}", "الربع الثالث من {}", "الربع الرابع من {}"),
    quarter_article="", decade="عقد {}", decade_article="",
    day_article="", vowel_article=None, month_article="", year_article="",
    dash="–", day_dash=False, start="من", end="إلى", since="منذ", until="حتى", until_bare="حتى",
    around="نحو", around_inside="{} (تقريبًا)", uncertain="{} (تاريخ غير مؤكد)",
    start_unknown="{}، البداية غير معروفة", end_unknown="{}، النهاية غير معروفة", between="بين {0} و{1}",
    or_="{0} أو {1}", and_="{0} و{1}", comma="، ", or_before="{} أو قبل ذلك", or_after="{} أو بعد ذلك",
    date_and_time="{}، {}", clock="{:02}:{:02}", hour_dash="–", undated="بلا تاريخ", always="دائمًا",
)  # fmt: skip

WORDINGS = {"en": ENGLISH, "ca": CATALAN, "es": SPANISH, "fr": FRENCH, "ar": ARABIC}

# A preposition's last word and an article become one word.
CONTRACTIONS = {
    "ca": {"de el ": "del ", "a el ": "al "},
    "es": {"de el ": "del ", "a el ": "al "},
    "fr": {"de le ": "du ", "de les ": "des ", "à le ": "au ", "à les ": "aux ", "jusqu’à le ": "jusqu’au ",
           "jusqu’à les ": "jusqu’aux "},
}  # fmt: skip
