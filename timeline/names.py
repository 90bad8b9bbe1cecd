"""What columns are called: names of the fields in several languages, best first, as slugs of lower case."""

NAMES = {
    "id": "event_id uid uuid guid",
    "title": (
        "headline event_title event_name name event incident titulo titol titre titular nombre nom titel "
        "titolo victims_name victim_name name_of_victim subject intitule betreff"
    ),
    "summary": (
        "description details text content abstract narrative synopsis resumen descripcion resum "
        "descripcio beschreibung descrizione descricao brief_description"
    ),
    "category": "event_type event_category incident_type categoria categorie type kind tipo tipus kategorie",
    "date": "event_date incident_date date_of_event date_of_incident when day_of_event fecha data dates datum",
    "start": (
        "start_date date_start begin begin_date from_date fecha_inicio inicio data_inici inici date_debut "
        "debut date_de_debut fecha_de_inicio data_d_inici data_inizio beginn startdatum"
    ),
    "end": (
        "end_date date_end to_date fecha_fin fin data_fi fi date_fin date_de_fin fecha_de_fin data_fine "
        "ende enddatum"
    ),
    "place": "location place_name location_name where venue lugar lloc lieu ubicacion ort luogo local plaats",
    "city": (
        "town municipality municipio municipi commune ville ciudad ciutat localidad locality stadt citta "
        "cidade comune gemeente gemeinde localita"
    ),
    "admin1": (
        "state province region provincia departement departamento estado state_province regione "
        "bundesland provstate region_name"
    ),
    "country": "country_txt country_name country_code iso_country pais pays nation land",
    "lat": "latitude latitud lat_dd y_coord gps_lat latitudine",
    "lon": "longitude lng long longitud lon_dd x_coord gps_lon gps_lng longitudine",
    "tags": "keywords etiquetas etiquetes mots_cles",
    "source_title": "source source_name publisher outlet fuente font quelle fonte",
    "source_url": "url link source_link href enlace enllac lien article_url news_url",
    "note": "notes comment comments nota remarks",
}
