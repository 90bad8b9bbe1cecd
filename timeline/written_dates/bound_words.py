"""The words for limits of dates in seven languages, folded as in `lexicon`; articles after them are filler words."""

from timeline.written_dates.lexicon import any_of

# The date itself is excluded.
BEFORE = any_of((
    "before", "prior to", "earlier than",
    "antes de", "antes del", "anterior a", "anterior al", "con anterioridad a", "con anterioridad al", "previo a",
    "previo al", "abans de", "abans del", "abans d'", "anterior al",
    "avant", "anterieur a", "anterieur au",
    "prima di", "prima del", "prima dello", "prima della", "prima dell'", "anteriore a", "anteriore al",
    "antes do", "antes da", "vor", "vor dem", "fruher als",
))  # fmt: skip
AFTER = any_of((
    "after", "later than", "subsequent to", "following",
    "despues de", "despues del", "posterior a", "posterior al", "con posterioridad a", "con posterioridad al", "tras",
    "tras el", "despres de", "despres del", "despres d'", "apres", "posterieur a", "posterieur au",
    "dopo", "dopo di", "posteriore a", "posteriore al",
    "depois de", "depois do", "depois da", "apos", "nach", "nach dem", "spater als",
))  # fmt: skip
# The date itself is included.
BY = any_of((
    "by", "on or before", "in or before", "at or before", "or before", "no later than", "not later than", "not after",
    "at the latest", "at the latest by", "at the latest in",
    "a mas tardar", "a mas tardar en", "como muy tarde", "como muy tarde en", "no mas tarde de", "no mas tarde del",
    "no despues de", "no despues del", "a tot tardar", "com a molt tard", "com a maxim", "no mes tard de",
    "no mes tard del", "no despres de", "no despres del", "au plus tard", "au plus tard en", "pas apres",
    "entro", "entro il", "entro la", "non oltre", "non dopo", "al piu tardi", "al piu tardi nel", "o mais tardar",
    "o mais tardar em", "no mais tardar em", "nao depois de", "spatestens", "bis spatestens", "nicht nach",
    "nicht spater als",
))  # fmt: skip
NOT_BEFORE = any_of((
    "on or after", "in or after", "at or after", "or after", "no earlier than", "not earlier than", "not before",
    "at the earliest", "at the earliest in", "no antes de", "no antes del", "como muy pronto", "como muy pronto en",
    "no abans de", "no abans del", "no abans d'", "com a molt aviat", "pas avant", "au plus tot", "au plus tot en",
    "non prima di", "non prima del", "al piu presto", "nao antes de", "nao antes do", "fruhestens", "nicht vor",
    "nicht vor dem",
))  # fmt: skip
SINCE = any_of((
    "since", "ever since", "ongoing since", "from", "as of", "starting in", "starting on", "beginning in",
    "en curso desde", "desde", "a partir de", "a partir del", "en curs des de", "des de", "des del", "des d'",
    "a partir d'", "en cours depuis", "depuis", "des", "des le", "a partir du", "a compter du", "a compter de",
    "dal", "dallo", "dall'", "dalla", "a partire da", "a partire dal", "a partire dall'", "sin dal",
    "a partir do", "a partir da", "seit", "seit dem", "ab", "ab dem",
))  # fmt: skip
UNTIL = any_of((
    "until", "till", "up to", "up until", "through", "hasta", "fins a", "fins al", "fins l'", "fins",
    "jusqu'a", "jusqu'en", "jusqu'au",
    "fino a", "fino al", "fino all'", "fino allo", "fino alla", "sino al", "ate", "ate ao", "ate a", "bis", "bis zum",
    "bis zu", "bis in",
))  # fmt: skip
# After a date: "1900 or earlier", "from 2010 onwards".
OR_BEFORE = any_of((
    "or earlier", "or before", "and before", "and earlier", "at the latest", "o antes", "y antes", "o anterior",
    "como muy tarde", "o abans", "o anterior", "com a molt tard", "a tot tardar", "ou avant", "ou plus tot", "et avant",
    "au plus tard", "o prima", "o precedente", "al piu tardi", "ou antes", "ou anterior", "oder fruher", "oder vorher",
    "oder davor", "und fruher",
))  # fmt: skip
OR_AFTER = any_of((
    "or later", "or after", "and after", "and later", "at the earliest", "o despues", "o mas tarde", "o posterior",
    "y despues", "como muy pronto", "o despres", "o mes tard", "i despres", "ou apres", "ou plus tard", "et apres",
    "au plus tot", "o dopo", "o successivo", "ou depois", "ou posterior", "oder spater", "oder danach", "und spater",
))  # fmt: skip
ONWARDS = any_of((
    "onwards", "onward", "and onwards", "en adelante", "endavant", "en endavant", "in poi", "em diante",
))  # fmt: skip
# Before "before" and "after"; kept with the event, since EDTF has no form for it.
CLOSELY = any_of((
    "shortly", "just", "immediately", "soon", "right", "not long", "long", "well", "some time", "sometime", "poco",
    "justo", "mucho", "inmediatamente", "poc", "just", "molt", "immediatament", "peu", "juste", "bien",
    "immediatement", "subito", "appena", "pouco", "logo", "muito", "kurz", "bald", "unmittelbar", "lange",
))  # fmt: skip
