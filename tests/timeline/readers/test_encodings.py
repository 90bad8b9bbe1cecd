"""Tables in other encodings than UTF-8: read by their letters, told with the alternatives, never silently."""

import io

import pytest

from timeline.errors import BadFile
from timeline.readers import csv

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


def taken(data: bytes, encoding: str | None = None) -> tuple[list[str], list[str]]:
    notes: list[str] = []
    return [row.columns["title"] for row in csv.read(io.BytesIO(data), notes.append, encoding)], notes


@pytest.mark.parametrize(("text", "encoding"), [
    ("ru", "cp1251"), ("ru", "koi8-r"), ("ru", "iso8859-5"), ("ru", "cp866"), ("uk", "cp1251"), ("el", "cp1253"),
    ("el", "iso8859-7"), ("pl", "cp1250"), ("pl", "iso8859-2"), ("cs", "cp1250"), ("hu", "cp1250"), ("he", "cp1255"),
    ("ar", "cp1256"), ("tr", "cp1254"), ("fr", "cp1252"), ("fr", "mac-roman"), ("es", "cp1252"), ("de", "cp1252"),
    ("ja", "shift_jis"), ("ja", "euc_jp"), ("zh", "gb18030"), ("zt", "big5"), ("ko", "cp949"),
])  # fmt: skip
def test_letters_say_what_a_table_is_written_in(text: str, encoding: str) -> None:
    titles = [f"{_TEXTS[text].replace(',', '')} {number}" for number in range(20)]
    if encoding == "iso8859-7":
        titles = [title.replace("Έ", "Ε") for title in titles]
    found, notes = taken("\n".join(["title,date", *(f"{title},2021" for title in titles)]).encode(encoding))
    assert found == titles
    assert "say --encoding NAME" in notes[0]


@pytest.mark.parametrize(
    "text", ["año", "São Paulo", "à", "n.º 5, 1ª planta", "l’hôtel", "£5m", "25°C", "Győr?"]
)
def test_in_doubt_it_is_windows_1252(text: str) -> None:
    text = text.replace("ő", "õ")
    assert taken(f'title,date\n"{text}",2021\n'.encode("cp1252"))[0] == [text]


def test_what_was_garbled_before_is_neither_hebrew_nor_a_macs() -> None:
    titles = [f"{name}Ì_å{sign}{end}" for name, end in (("Rub", "n"), ("Ca", "on")) for sign in "©±"]
    data = "".join(f"{title},2021\n" for title in titles * 3).encode("cp1252")
    found, (note,) = taken(b"title,date\n" + data)
    assert found == titles * 3
    assert "Mac-Roman would say" in note


def test_what_other_encodings_would_say_is_told() -> None:
    (note,) = taken("title,date\nRaid in Győr,2021\n".encode("cp1250"))[1]
    assert "read as Windows-1252, so that it says 'Gyõr'" in note
    assert "Windows-1250 would say 'Győr'" in note
    assert taken("title,date\nRaid in Győr,2021\n".encode("cp1250"), "Windows-1250")[0] == ["Raid in Győr"]


def test_a_quote_mark_alone_is_shown_with_its_word() -> None:
    assert "says 'Police’s'" in taken("title,date\nPolice’s raid,2021\n".encode("cp1252"))[1][0]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_without_its_mark_is_read_and_told(encoding: str) -> None:
    found, notes = taken(f"title,date\n{_TEXTS['ru']}\n".replace(", ", " ").encode(encoding))
    assert found == [_TEXTS["ru"].replace(", ", " ")]
    assert encoding == "utf-32" or "has no mark of its encoding; read as UTF-16" in notes[0]


def test_lines_in_another_encoding_than_the_rest_are_named() -> None:
    rows = [
        f"à la gare {number},2021\n".encode("cp1252" if number in (3, 7) else "utf-8") for number in range(9)
    ]
    found, (note,) = taken(b"title,date\n" + b"".join(rows))
    assert found == [f"à la gare {number}" for number in range(9)]
    assert "is not all UTF-8 on lines 5, 9; what is not is read as Windows-1252" in note


def test_chinese_that_is_utf8_by_chance_in_one_line_is_not_mixed() -> None:
    assert "联通".encode("gb18030").decode("utf-8", "ignore")  # two bytes of it are
    titles = [*(f"{_TEXTS['zh']}{number}" for number in range(20)), "联通"]
    assert taken("\n".join(["title,n", *(f"{title},1" for title in titles)]).encode("gb18030"))[0] == titles


def test_bytes_that_the_likeliest_encoding_does_not_have_are_refused() -> None:
    rows = "".join(f"{_TEXTS['ru'].replace(',', '')},{number}\n" for number in range(2_000)).encode("cp1251")
    with pytest.raises(BadFile, match=r"is not UTF-8 .* and not Windows-1251 on line 2002; say what it is"):
        taken(b"title,date\n" + rows + b"\x98,2021\n")


def test_a_mark_of_utf8_before_another_encoding_is_left_out() -> None:
    found, (note,) = taken("\ufefftitle,date\n".encode() + "Muñoz,2021\n".encode("cp1252"))
    assert found == ["Muñoz"]
    assert "is not all UTF-8 on line 2" in note
