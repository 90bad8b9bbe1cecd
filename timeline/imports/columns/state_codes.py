"""Whether the column of states in a table without countries has the codes of one country."""

from geo.countries.names import country_name
from geo.place import FindCandidates
from timeline.exchange.name_lists import listed
from timeline.imports.columns.survey import Survey
from timeline.places.state_codes import coded_states


def country_of_state_codes(
    survey: Survey, country: str | None, find_offline: FindCandidates | None
) -> tuple[str, str] | None:
    """Return the country (ISO code) of the codes in the column of states, and a line about it for the report.

    None if the table or the options name a country, or if the codes say nothing new; see `coded_states`.
    """
    plan, columns = survey.plan, survey.plan.columns.get("admin1", ())
    has_country = any("country" in fields for fields in (plan.columns, plan.values, plan.overrides))
    if country or has_country or len(columns) != 1 or find_offline is None:
        return None
    samples = survey.samples or {}
    places = (name for field_name in ("city", "place") for name in plan.columns.get(field_name, ()))
    towns = [text for name in places for text in samples.get(name, ())]
    coded = coded_states(find_offline, samples.get(columns[0], ()), towns)
    if coded is None:
        return None
    message = (
        f"column {columns[0]!r}: codes such as {listed(coded.codes[:3])} are read as those of "
        f"{country_name(coded.country)}, which has most of them; choose another country with --country"
    )
    return coded.country, message
