"""Names of columns for each field in several languages, as slugs, most likely first."""

import re
from collections.abc import Iterable
from functools import cache

from timeline.exchange.hxl import field_of, is_tag
from timeline.exchange.slug import slug

# Of these groups an event has one: a date, an interval, or the earliest and latest date that are possible.
DATE_GROUPS = (("date",), ("start", "end"), ("earliest", "latest"))
DATES = tuple(field for group in DATE_GROUPS for field in group)

NAMES = {
    "id": "event_id uid uuid guid event_id_cnty eventid disno main_id unique_id global_event_id",
    "title": (
        "headline event_title event_name name event incident titulo titol titre titular nombre nom titel "
        "titolo victims_name victim_name name_of_victim subject intitule betreff declaration_title item_label "
        "name_of_event event_label what_happened name_of_deceased title_en "
        "onderwerp oggetto asunto assunto assumpte objet naam nome activitat actividad activite attivita atividade "
        "gebeurtenis ereignis esdeveniment evento evenement bezeichnung"
    ),
    "summary": (
        "description details text content abstract narrative synopsis resumen descripcion resum "
        "descripcio beschreibung descrizione descricao brief_description event_narrative episode_narrative "
        "short_description event_description"
    ),
    "category": (
        "event_type event_category incident_type categoria categorie type kind tipo tipus kategorie "
        "type_of_event type_of_incident crime_type disaster_type sub_event_type disorder_type attacktype1_txt "
        "tipo_de_evento type_evenement"
    ),
    "date": (
        "event_date incident_date date_of_event date_of_incident when day_of_event fecha data dates datum "
        "date_occ date_occurred occurred occurred_on occurred_at occurrence_date date_of_occurrence incident_datetime "
        "event_datetime date_time datetime crash_date accident_date attack_date date_of_attack crime_date "
        "verified_date fecha_del_suceso fecha_hecho fecha_evento date_de_l_evenement data_evento "
        "data_do_evento data_do_fato data_del_evento date_evenement datum_ereignis ereignisdatum tatdatum "
        "unfalldatum data_dell_evento data_dels_fets data_accident"
    ),
    "start": (
        "start_date date_start begin begin_date from_date fecha_inicio inicio data_inici inici date_debut "
        "debut date_de_debut fecha_de_inicio data_d_inici data_inizio beginn startdatum started start_datetime "
        "start_date_time date_begin begin_date_time incident_begin_date date_from"
    ),
    "end": (
        "end_date date_end to_date fecha_fin fin data_fi fi date_fin date_de_fin fecha_de_fin data_fine "
        "ende enddatum ended end_datetime end_date_time finish_date incident_end_date date_to fecha_final"
    ),
    "earliest": (
        "earliest_date date_earliest date_early early_date not_before notbefore date_not_before terminus_post_quem tpq"
    ),
    "latest": (
        "latest_date date_latest date_late late_date not_after notafter date_not_after terminus_ante_quem taq"
    ),
    "place": (
        "location place_name location_name where venue lugar lloc lieu ubicacion ort luogo local plaats "
        "venue_name event_venue_name location_of_incident place_of_incident where_coordinates location_description "
        "incident_location event_location site place_of_event where_did_it_happen where_did_this_happen "
        "where_did_it_take_place place_of_occurrence donde donde_ocurrio lugar_del_suceso lugar_de_los_hechos "
        "lieu_de_l_evenement lloc_dels_fets locatie emplacement localizacao localizacion ubicacio localitzacio "
        "veranstaltungsort endroit room hall sala salle saal"
    ),
    "city": (
        "town municipality municipio municipi commune ville ciudad ciutat localidad locality stadt citta "
        "cidade comune gemeente gemeinde localita poblacion poblacio city_or_county city_name village settlement "
        "city_town town_city town_village suburb pueblo aldea poble dorf ortschaft woonplaats povoado aldeia "
        "localite localitat village_name town_name plaatsnaam stad freguesia frazione parroquia ortsname gemeindename "
        "ort_stadt stadt_ort kommune kommun miasto miejscowosc obec localidade"
    ),
    "admin1": (
        "state province provincia departement departamento estado state_province regione bundesland provstate "
        "adm_1 adm1 admin_1 admin1_name adm1_name state_name state_code state_abbr us_state region region_name regio "
        "regiao provinz provincie comunidad_autonoma comunitat_autonoma etat estat "
        "stato uf unidade_federativa unidade_da_federacao entidad_federativa entidad depto dpto"
    ),
    "country": (
        "country_txt country_name country_code iso_country pais pays nation land country_label "
        "country_of_incident iso iso3 iso2 paese nazione nacion nacio stato staat"
    ),
    "lat": (
        "latitude latitud lat_dd y_coord gps_lat latitudine reclat ycoord breedtegraad breitengrad "
        "geographische_breite geografische_breedte geogr_breite"
    ),
    "lon": (
        "longitude lng long longitud lon_dd x_coord gps_lon gps_lng longitudine reclong xcoord "
        "lengtegraad langengrad geographische_lange geografische_lengte geogr_lange"
    ),
    "tags": "keywords etiquetas etiquetes mots_cles event_tags",
    "source_title": "source source_name publisher outlet fuente font quelle fonte information_source",
    "source_url": (
        "url link source_link href enlace enllac lien article_url news_url link_to_source url_source "
        "event_website website permalink "
        "sources source fuente fuentes font fonts quelle quellen fonte fonti bron bronnen"
    ),
    "note": "notes comment comments nota remarks",
}

# Names of columns of counties and districts. The second kind may count other things, such as districts of courts.
COUNTIES = (
    "admin2",
    "county",
    "county_name",
    "landkreis",
    "kreis",
    "adm2",
    "adm_2",
    "admin_2",
    "admin2_name",
    "adm2_name",
)
DISTRICTS = ("district", "distrito", "districte", "distretto", "arrondissement", "comarca", "bezirk")

# Names of columns of places that hold venues, not towns.
VENUES = frozenset(("venue", "venue_name", "event_venue_name", "room", "hall", "sala", "salle", "saal"))

# Words in the names of columns with a date of the record or of a person, not of the event.
RECORD = frozenset((
    "entry", "update", "updated", "modified", "modification", "changed", "created", "creation", "added", "submission",
    "submitted", "accessed", "access", "retrieved", "publication", "published", "publish", "reported", "report", "rptd",
    "closeout", "closed", "refresh", "filing", "upload", "uploaded", "review", "reviewed", "verified",
    "registration", "recorded", "received", "source", "import", "imported", "download", "downloaded", "deadline",
    "expiry", "expiration", "actualizacion", "alta", "approx", "type", "prec",
    "precision",
))  # fmt: skip

BIRTH = frozenset(("birth", "born", "nacimiento", "naixement", "naissance", "nascita", "geburt"))

# Columns that survey apps (KoboToolbox, ODK) write about the survey itself, and columns that show such a table.
FORM = ("start", "end", "today")
FORM_MARKS = frozenset(
    ("_uuid", "_submission_time", "__version__", "meta/instanceID", "SubmissionDate", "KEY")
)


@cache
def key(name: str) -> str:
    """Return the name of a column as a slug: `eventDate` and `Event Date` are `event_date`."""
    return slug(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name), "_")


@cache
def possible_keys(name: str) -> tuple[str, ...]:
    """Return the slugs that a name may mean, best first: complete, without brackets, without "event_"."""
    if is_tag(name):
        field = field_of(name)
        return (field,) if field else (key(name),)
    slugs = [key(name)]
    without_brackets = re.split(r"[(\[/|]", name, maxsplit=1)[0]
    slugs += [key(without_brackets)] if without_brackets.strip() else []
    slugs += _area_inside(name)
    slugs += [part.split("_", 1)[1] for part in slugs if part.startswith(("event_", "incident_"))]
    return tuple(dict.fromkeys(slugs))


def _area_inside(name: str) -> list[str]:
    """Return the slug of a town, state or country inside a place, such as `location.city` in JSON; else nothing."""
    *outer, inner = name.split(".")
    is_inside = outer and all(key(part) in _PLACE_OBJECTS for part in outer)
    return [key(inner)] if is_inside and key(inner) in _AREAS else []


_PLACE_OBJECTS = frozenset((*NAMES["place"].split(), "place", "address", "geo", "coordinates"))
_AREAS = frozenset(name for field in ("city", "admin1", "country") for name in (field, *NAMES[field].split()))
_FIELDS = {
    **{field: field for field in (*NAMES, "verification")},
    **{name: field for field, names in NAMES.items() for name in names.split()},
    **{name: name for name in ("year", "month", "day", "iyear", "imonth", "iday")},
}


def recognised(names: Iterable[str]) -> set[str]:
    """Return the fields that names of columns mean."""
    return {_FIELDS[slug_] for name in names if name for slug_ in possible_keys(name) if slug_ in _FIELDS}
