"""Traditional abbreviations of states, as in `Ore.` for Oregon, which columns of states use beside the codes."""

from geo.text import fold

_ABBREVIATIONS = {
    "US": (
        "ala=Alabama|ariz=Arizona|ark=Arkansas|calif=California|cal=California|colo=Colorado|conn=Connecticut|"
        "del=Delaware|fla=Florida|ga=Georgia|ida=Idaho|ill=Illinois|ind=Indiana|kan=Kansas|kans=Kansas|ken=Kentucky|"
        "mass=Massachusetts|mich=Michigan|minn=Minnesota|miss=Mississippi|mont=Montana|neb=Nebraska|nebr=Nebraska|"
        "nev=Nevada|okla=Oklahoma|ore=Oregon|oreg=Oregon|penn=Pennsylvania|penna=Pennsylvania|tenn=Tennessee|"
        "tex=Texas|wash=Washington|wis=Wisconsin|wisc=Wisconsin|wyo=Wyoming|n mex=New Mexico|n car=North Carolina|"
        "s car=South Carolina|n dak=North Dakota|s dak=South Dakota|w va=West Virginia"
    ),
    "CA": (
        "alta=Alberta|sask=Saskatchewan|man=Manitoba|ont=Ontario|que=Quebec|nfld=Newfoundland and Labrador|"
        "n b=New Brunswick|n s=Nova Scotia|p e i=Prince Edward Island"
    ),
    "AU": (
        "vic=Victoria|tas=Tasmania|qld=Queensland|n s w=New South Wales|"
        "s aust=South Australia|w aust=Western Australia"
    ),
    "MX": (
        "ags=Aguascalientes|b c=Baja California|b c s=Baja California Sur|camp=Campeche|chih=Chihuahua|chis=Chiapas|"
        "coah=Coahuila|col=Colima|dgo=Durango|gro=Guerrero|gto=Guanajuato|hgo=Hidalgo|jal=Jalisco|mich=Michoacán|"
        "mor=Morelos|nay=Nayarit|n l=Nuevo León|oax=Oaxaca|pue=Puebla|qro=Querétaro|q roo=Quintana Roo|"
        "s l p=San Luis Potosí|sin=Sinaloa|son=Sonora|tab=Tabasco|tamps=Tamaulipas|tlax=Tlaxcala|ver=Veracruz|"
        "yuc=Yucatán|zac=Zacatecas"
    ),
}  # fmt: skip
_NAMES = {
    country: dict(entry.split("=") for entry in entries.split("|"))
    for country, entries in _ABBREVIATIONS.items()
}
_MAX_CODE_LENGTH = 3


def spellings(text: str, country: str | None) -> list[str]:
    """Return other ways to write a state that a column abbreviates: its name, or its code in capitals without dots.

    Without a country (ISO code), the abbreviations of the United States count.

    >>> spellings("Ore.", "US"), spellings("or", "US"), spellings("Oregon", "US")
    (['Oregon', 'ORE'], ['OR'], [])
    """
    letters = text.replace(".", "").strip()
    name = _NAMES.get(country or "US", {}).get(_key(text))
    is_code = letters.isascii() and letters.isalpha() and len(letters) <= _MAX_CODE_LENGTH
    names = [name] if name else []
    codes = [letters.upper()] if is_code and letters.upper() != text else []
    return names + codes


def is_abbreviation(text: str) -> bool:
    """Return whether a text is the abbreviation of a state."""
    return any(_key(text) in names for names in _NAMES.values())


def _key(text: str) -> str:
    return " ".join(fold(text.replace(".", " ")).split())
