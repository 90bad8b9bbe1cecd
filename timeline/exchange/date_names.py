"""What the name of a column says about dates: which part of a date, which end of a span, and whose date.

In English, Spanish, Catalan, French, Italian, Portuguese, German and Dutch; the words are slugs (`annee`, `ano`).
"""

import re
from functools import cache
from typing import Literal, NamedTuple

from timeline.exchange.field_names import BIRTH, RECORD, key

DatePart = Literal["date", "year", "month", "day", "moment", "clock", ""]
Side = Literal["start", "end", "earliest", "latest", ""]
Owner = Literal["event", "record", "person", "other", ""]

_WORDS_OF_PART: dict[DatePart, str] = {
    "date": (
        "date dates datum datums fecha fechas data datas dato when cuando quand quan wann wanneer dt datetime dating "
        "dated datierung datiert datacion datacio datation datazione datacao datering cronologia chronologie "
        "chronology period periodo periode"
    ),
    "year": "year years yr iyear yyyy yearmonth ano anio anos annee an any anno anni jahr jaar",
    "month": "month imonth mon mm mes mois mese monat maand",
    "day": "day iday dd dia jour giorno tag dag",
    "moment": (
        "timestamp ts epoch unixtime unix zeitpunkt zeitstempel tijdstip tijdstempel horodatage momento moment moments "
        "instante dtg datahora fechahora dateheure dataora datumtijd dattim"
    ),
    "clock": "time hora horas hores heure heures hour ora ore uur uhrzeit zeit tijd horario orario clock hhmm",
}
_WORDS_OF_SIDE: dict[Side, str] = {
    "start": (
        "start starts started starting begin begins began beginning begun from since first onset open opened "
        "opening  commencement commenced inicio inicial comienzo desde debut depuis inici inizio inizia dal beginn "
        "anfang ab von  vanaf van sinds seit aanvang des startdatum min beginnt comenca comencament"
    ),
    "end": (
        "end ends ended ending finish finished to until till thru through last completion completed conclusion fin "
        "final  finalizacion termino hasta jusque jusqu jusqua jusquau jusquen stop stopped "
        "fi fins fine termine al fim ate ende bis schluss einde "
        "eind tot max endet acaba finalitzacio"
    ),
    "earliest": "earliest early notbefore postquem tpq fruhestens fruhest vroegste earlydate",
    "latest": "latest late notafter antequem taq spatestens spatest laatste latedate",
}


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_EVENT = _set_of(
    "event events incident incidents accident accidents occurrence occurred occurring occur occ occurs happened "
    "happening crash attack crime offense offence shooting collision evento eventos incidente suceso hecho hechos "
    "accidente siniestro ocurrencia ocurrido ocorrencia ocorrida ocorrido acontecimento acontecimiento acidente "
    "evenement esdeveniment fet fets accio ereignis ereignisse vorfall unfall tat einsatz gebeurtenis ongeval voorval "
    "avvenimento accaduto sinistro fait faits survenue"
)
# Words for the record, besides those of `field_names.RECORD`, in the other languages.
_RECORD = RECORD | _set_of(
    "publicacion publicado publicada publicacio publicat publie publiee parution pubblicazione pubblicato publicacao "
    "veroffentlicht veroffentlichung publicatie gepubliceerd creacion creado creacio creat cree creee creazione "
    "criacao criado erstellt erstellung angelegt aangemaakt registro registre enregistrement registrazione "
    "inserimento aggiornamento aggiornato modificacion modificado modificacio modifica modifie atualizacao atualizado "
    "cadastro notificacao notificacion notific digitacao geandert anderung aktualisiert aktualisierung erfasst "
    "erfassung gewijzigd bijgewerkt invoer maj edited entered logged inserted synced scraped fetched crawled indexed "
    "archived posted post issued printed reminder reminders erinnerung aviso herinnering herinneringsdatum promemoria "
    "lembrete rappel recordatori recordatorio lastupdate lastmodified pubdate pub asof stand extraction extracted "
    "captured"
)
_PERSON = BIRTH | frozenset(("geboorte", "geboren", "nascimento", "nacido", "nascut", "dob", "geburtstag"))
_FILLER = _set_of(
    "of the de del du d da do das dos di della dell dei la le el les los l i o a der des vom van het een und y e et "
    "utc gmt local lokal iso text str txt ms sec seconds milliseconds s in on at full exact value am um"
)
_PHRASES = tuple(
    (re.compile(rf"\b(?:{phrase})\b"), word)
    for phrase, word in (
        ("(?:terminus )?post quem|not before|no earlier than|no antes", "notbefore"),
        ("(?:terminus )?ante quem|not after|no later than|no despues", "notafter"),
        ("as of", "asof"),
        ("mise a jour", "maj"),
        ("marca temporal|marca de tiempo|time stamp", "timestamp"),
        ("date time|point in time", "datetime"),
        ("up to", "until"),
    )
)
_BRACKETS = re.compile(r"[(\[{][^)\]}]*[)\]}]?")

_PARTS = {word: part for part, words in _WORDS_OF_PART.items() for word in words.split()}
_SIDES = {word: side for side, words in _WORDS_OF_SIDE.items() for word in words.split()}
_KNOWN = _EVENT | _RECORD | _PERSON | _PARTS.keys() | _SIDES.keys()
# Ends of a span only if the name has no other word: "Datum van", but not "Datum van het voorval".
_PREPOSITIONS = _set_of("von van des dal al a from to de ab au")
# Parts of one long word: FIREDATE, Unfallzeitpunkt, dateoccurred.
_ENDINGS = (
    "timestamp", "datetime", "zeitpunkt", "tijdstip", "datum", "fecha", "date", "year", "jahr", "jaar", "time",
    "zeit", "tijd", "monat", "maand", "month", "beginn", "begin", "anfang", "ende", "einde",
)  # fmt: skip
_BEGINNINGS = ("datetime", "datum", "fecha", "date", "data", "year", "ano", "hora", "time", "dt")
_MIN_CHARACTERS_BEFORE_ENDING = 3
_MIN_CHARACTERS_OF_NOUN = 4


class DateName(NamedTuple):
    """What a name says; `rest` are its other words, such as `fire` in FIREDATE."""

    part: DatePart
    side: Side
    owner: Owner
    rest: frozenset[str]


@cache
def date_name(name: str) -> DateName:
    """Return what the name of a column says about dates.

    >>> date_name("INCIDENTDATE")
    DateName(part='date', side='', owner='event', rest=frozenset({'incident'}))
    """
    words = _words(name)
    parts = [_PARTS[word] for word in words if word in _PARTS]
    # "event_date_year" is a year, "data e hora" is a date with its time.
    order: tuple[DatePart, ...] = ("year", "month", "day", "date", "moment", "clock")
    part: DatePart = next((part for part in order if part in parts), "")
    rest = frozenset(
        word for word in words if word not in _PARTS and word not in _SIDES and word not in _FILLER
    )
    sides = {_SIDES[word] for word in words if word in _SIDES and not (rest and word in _PREPOSITIONS)}
    side: Side = next((side for side in ("earliest", "latest", "start", "end") if side in sides), "")
    return DateName(part, side, _owner(rest | (set(words) & _RECORD)), rest)


def _owner(rest: frozenset[str]) -> Owner:
    if rest & _RECORD:
        return "record"
    if rest & _PERSON:
        return "person"
    if rest & _EVENT:
        return "event"
    return "other" if rest else ""


def _words(name: str) -> list[str]:
    """Return the words of a name, its long words divided where they contain a word for a date."""
    text = key(_BRACKETS.sub(" ", name)) or key(name)
    spaced = text.replace("_", " ")
    for pattern, word in _PHRASES:
        spaced = pattern.sub(word, spaced)
    return [part for word in spaced.split() for part in _divided(word)]


def _divided(word: str) -> list[str]:
    if word in _KNOWN:
        return [word]
    if word.endswith("s") and word[:-1] in _KNOWN:  # German joins words with it: Anfangsdatum
        return [word[:-1]]
    for ending in _ENDINGS:
        start = word.removesuffix(ending)
        if start != word and (start in _KNOWN or len(start) >= _MIN_CHARACTERS_BEFORE_ENDING):
            return [*_divided(start), ending]
    for ending in ("tag", "dag", "day"):  # also the end of Montag, holiday and birthday
        if (start := word.removesuffix(ending)) != word and start in _KNOWN:
            return [start, ending]
    for article in ("dell", "dall", "d", "l"):  # d'inici, whose slug is dinici
        if (
            (noun := word.removeprefix(article)) != word
            and noun in _KNOWN
            and len(noun) >= _MIN_CHARACTERS_OF_NOUN
        ):
            return [noun]
    for beginning in _BEGINNINGS:
        end = word.removeprefix(beginning)
        if end != word and end in _KNOWN:
            return [beginning, end]
    return [word]
