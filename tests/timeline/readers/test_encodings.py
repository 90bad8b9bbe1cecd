"""Tables in other encodings than UTF-8 are recognised by their letters, and a note names the alternatives."""

import io

import pytest

from timeline.errors import BadFile
from timeline.readers import csv
from timeline.readers.parts.encoding import candidates

_TEXTS = {
    "ru": "Обыск в редакции газеты, журналист задержан полицией",
    "uk": "Обшук у редакції газети, поліція затримала журналістку",
    "el": "Έφοδος της αστυνομίας στα γραφεία της εφημερίδας",
    "pl": "Przeszukanie siedziby spółki w Łodzi, zatrzymano świadków i prezesa",
    "cs": "Policejní zásah v Plzni, příčina neznámá, šetření pokračuje, řidič ujel",
    "hu": "Házkutatás a szerkesztőségnél, tüntetők és űrhajósok",
    "he": "פשיטה של המשטרה על המערכת",
    "ar": "مداهمة الشرطة لمقر الصحيفة",
    "tr": "Gazeteye polis baskını ve gözaltılar, İstanbul şubesi, çalışanlar",
    "fr": "Perquisition à l’hôtel des Évêchés où dînèrent les maîtres, ça gêne",
    "es": "Registro en la sede de la compañía, según la policía de Logroño",
    "de": "Razzia in der Straße für größere Übergänge, Verdächtige geflüchtet",
    "ja": "警察が新聞社の事務所を捜索した",
    "zh": "警方突击搜查了报社的编辑部",
    "zt": "警方突擊搜查了報社的編輯部",
    "ko": "경찰이 신문사를 압수수색했다",
}


def read_titles(data: bytes, encoding: str | None = None) -> tuple[list[str], list[str]]:
    notes: list[str] = []
    return [row.columns["title"] for row in csv.read(io.BytesIO(data), notes.append, encoding)], notes


@pytest.mark.parametrize(("text", "encoding"), [
    ("ru", "cp1251"), ("ru", "koi8-r"), ("ru", "iso8859-5"), ("ru", "cp866"), ("uk", "cp1251"), ("el", "cp1253"),
    ("el", "iso8859-7"), ("pl", "cp1250"), ("pl", "iso8859-2"), ("cs", "cp1250"), ("hu", "cp1250"), ("he", "cp1255"),
    ("ar", "cp1256"), ("tr", "cp1254"), ("fr", "cp1252"), ("fr", "mac-roman"), ("es", "cp1252"), ("de", "cp1252"),
    ("ja", "shift_jis"), ("ja", "euc_jp"), ("zh", "gb18030"), ("zt", "big5"), ("ko", "cp949"),
])  # fmt: skip
def test_the_letters_of_a_table_decide_its_encoding(text: str, encoding: str) -> None:
    titles = [f"{_TEXTS[text].replace(',', '')} {number}" for number in range(20)]
    if encoding == "iso8859-7":
        titles = [title.replace("Έ", "Ε") for title in titles]
    titles_read, notes = read_titles(
        "\n".join(["title,date", *(f"{title},2021" for title in titles)]).encode(encoding)
    )
    assert titles_read == titles
    assert "choose the encoding" in notes[0]


@pytest.mark.parametrize(
    "text", ["año", "São Paulo", "à", "n.º 5, 1ª planta", "l’hôtel", "£5m", "25°C", "Győr?"]
)
def test_a_table_in_doubt_is_read_as_windows_1252(text: str) -> None:
    text = text.replace("ő", "õ")
    assert read_titles(f'title,date\n"{text}",2021\n'.encode("cp1252"))[0] == [text]


def test_text_decoded_wrongly_before_is_not_read_as_hebrew_or_mac_roman() -> None:
    titles = [f"{name}Ì_å{sign}{end}" for name, end in (("Rub", "n"), ("Ca", "on")) for sign in "©±"]
    data = "".join(f"{title},2021\n" for title in titles * 3).encode("cp1252")
    titles_read, (note,) = read_titles(b"title,date\n" + data)
    assert titles_read == titles * 3
    assert "Mac-Roman would give" in note


def test_the_note_quotes_the_words_in_other_encodings() -> None:
    (note,) = read_titles("title,date\nRaid in Győr,2021\n".encode("cp1250"))[1]
    assert "read as Windows-1252, which gives 'Gyõr'" in note
    assert "Windows-1250 would give 'Győr'" in note
    assert read_titles("title,date\nRaid in Győr,2021\n".encode("cp1250"), "Windows-1250")[0] == [
        "Raid in Győr"
    ]


def test_a_single_quotation_mark_is_quoted_with_its_word() -> None:
    assert "gives 'Police’s'" in read_titles("title,date\nPolice’s raid,2021\n".encode("cp1252"))[1][0]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_without_a_byte_order_mark_is_read_with_a_note(encoding: str) -> None:
    titles_read, notes = read_titles(f"title,date\n{_TEXTS['ru']}\n".replace(", ", " ").encode(encoding))
    assert titles_read == [_TEXTS["ru"].replace(", ", " ")]
    assert encoding == "utf-32" or "has no byte order mark; it is read as UTF-16" in notes[0]


def test_the_note_names_the_lines_in_another_encoding() -> None:
    rows = [
        f"à la gare {number},2021\n".encode("cp1252" if number in (3, 7) else "utf-8") for number in range(9)
    ]
    titles_read, (note,) = read_titles(b"title,date\n" + b"".join(rows))
    assert titles_read == [f"à la gare {number}" for number in range(9)]
    assert "is not UTF-8 on lines 5, 9; those lines are read as Windows-1252" in note


def test_a_chinese_table_with_one_line_of_valid_utf8_is_not_mixed() -> None:
    assert "联通".encode("gb18030").decode("utf-8", "ignore")  # two of its bytes are valid UTF-8
    titles = [*(f"{_TEXTS['zh']}{number}" for number in range(20)), "联通"]
    assert (
        read_titles("\n".join(["title,n", *(f"{title},1" for title in titles)]).encode("gb18030"))[0]
        == titles
    )


def test_a_byte_that_the_most_likely_encoding_lacks_is_refused() -> None:
    rows = "".join(f"{_TEXTS['ru'].replace(',', '')},{number}\n" for number in range(2_000)).encode("cp1251")
    with pytest.raises(
        BadFile, match=r"is not UTF-8 .* and not Windows-1251 on line 2002; pass its encoding"
    ):
        read_titles(b"title,date\n" + rows + b"\x98,2021\n")


def test_a_byte_order_mark_of_utf8_before_another_encoding_is_ignored() -> None:
    titles_read, (note,) = read_titles("\ufefftitle,date\n".encode() + "Muñoz,2021\n".encode("cp1252"))
    assert titles_read == ["Muñoz"]
    assert "is not UTF-8 on line 2" in note


ENGLISH = (
    "Police\xa0raid in\xa0Leeds", "Two men\xa0held after\xa0a chase", "Fire at\xa0the mill\xa0on Monday",
    "Mr\xa0Nu\xf1ez and Ms\xa0\xd8stberg", "Fran\xe7ois\xa0M\xfcller spoke", "Cash of\xa0\xa3700 seized",
)  # fmt: skip


@pytest.mark.parametrize("times", [1, 30])
def test_no_break_spaces_and_pounds_in_english_are_no_letters_of_another_encoding(times: int) -> None:
    sample = "".join(f"{line},2020\r\n" for line in ENGLISH * times).encode("cp1252")
    assert candidates(sample)[0] == "cp1252"


SENTENCES = {
    "de": (
        "Großrazzia in München: zwölf Männer verhaftet",
        "Überfall in Köln",
        "Straßensperre in Düsseldorf",
    ),
    "fr": (
        "Perquisitions à Marseille, trois lieux fouillés",
        "Découverte près de Béziers",
        "La société a été jugée",
    ),
    "es": (
        "La policía detuvo a dos en Córdoba",
        "Incautación de droga en Málaga",
        "El niño desapareció mañana",
    ),
    "pt": (
        "A polícia apreendeu armas em São Paulo",
        "Operação no porto de Belém",
        "Incêndio destrói armazéns",
    ),
    "it": (
        "L'operazione è cominciata lunedì a Cefalù",
        "Perché la città è bloccata",
        "Più di venti, così la Procura",
    ),
    "ca": (
        "Dues persones detingudes després de l'incendi",
        "Avança la investigació a Lleida",
        "L'explosió del mòdul",
    ),
    "sv": ("Polisen grep två män i Göteborg", "Rån mot butik på Södermalm", "Branden på Öland släcktes"),
    "da": ("Politiet anholdt to mænd på Københavns havn", "Røveri i Århus", "Brand på Østerbro"),
    "pl": ("Policja zatrzymała dwóch mężczyzn w Łodzi", "Pożar w Gdańsku", "Próba włamania do kościoła"),
    "cs": ("Policie zadržela dva muže v Českých Budějovicích", "Přepadení v Plzni", "Požár skladu v Ostravě"),
    "hu": (
        "A rendőrség két férfit őrizetbe vett Győrben",
        "Tűz ütött ki egy raktárban",
        "Bűnügyi eljárás indult",
    ),
}
WESTERN, CENTRAL = ("cp1252", "cp850", "mac_roman"), ("cp1250", "iso8859_2")


@pytest.mark.parametrize("encoding", [*WESTERN, *CENTRAL])
@pytest.mark.parametrize("language", SENTENCES)
def test_tables_in_many_languages_and_encodings_are_read_in_their_own(language: str, encoding: str) -> None:
    if (language in ("pl", "cs", "hu")) != (encoding in CENTRAL):
        pytest.skip("the encoding lacks letters of this language")
    sample = "".join(f"{line}\r\n" for line in SENTENCES[language]).encode(encoding)
    assert sample.decode(candidates(sample)[0]) == sample.decode(encoding)
