"""Chinese, Japanese and Korean names of areas that are written as one word, coarsest first."""

import time

import pytest

from geo.gazetteer.place_kinds import split_kind
from geo.gazetteer.reader import Gazetteer
from geo.resolver.glued_names import may_be_glued, split_glued
from geo.resolver.lookup import PartLookup
from geo.resolver.parser import Part
from geo.resolver.resolver import Resolver
from geo.sphere import distance_km

# text, parts (finest first)
SPLITS = [
    ("東京都渋谷区", ["渋谷区", "東京都"]),
    ("北京市朝阳区", ["朝阳区", "北京市"]),
    ("서울특별시 강남구", ["강남구", "서울특별시"]),
    ("부산광역시해운대구", ["해운대구", "부산광역시"]),
    ("广东省深圳市南山区", ["南山区", "深圳市", "广东省"]),
    ("台北市信義區", ["信義區", "台北市"]),
    ("横浜市中区", ["中区", "横浜市"]),
    ("京都府京都市", ["京都市", "京都府"]),
    ("三重県四日市市", ["四日市市", "三重県"]),
    ("三重県津市", ["津市", "三重県"]),
    ("千葉県市川市", ["市川市", "千葉県"]),
    ("新潟県村上市", ["村上市", "新潟県"]),
    ("東京都町田市", ["町田市", "東京都"]),
    ("広島県廿日市市", ["廿日市市", "広島県"]),
    ("福島県郡山市", ["郡山市", "福島県"]),
    ("新疆维吾尔自治区乌鲁木齐市", ["乌鲁木齐市", "新疆维吾尔自治区"]),
    ("中国北京市朝阳区", ["朝阳区", "北京市", "中国"]),
    ("北京朝阳区", ["朝阳区", "北京"]),
    ("東京都渋谷区神南1-1-1", ["神南1-1-1", "渋谷区", "東京都"]),
    ("茨城県つくば市", ["つくば市", "茨城県"]),
]
ONE_NAME = [
    "四日市市",
    "十日町市",
    "大府市",
    "余市町",
    "津市",
    "北海道",
    "京都市",
    "広島市",
    "東京",
    "San Luca",
    "中山大学",
]

# text, country, longitude and latitude, tolerance in kilometres, what is not found
PLACES = [
    ("東京都渋谷区", "JP", 139.70, 35.66, 5, None),
    ("北京市朝阳区", "CN", 116.44, 39.92, 10, None),
    ("서울특별시 강남구", "KR", 127.05, 37.52, 15, None),
    ("부산광역시해운대구", "KR", 129.16, 35.16, 20, None),
    ("广东省深圳市南山区", "CN", 113.93, 22.53, 10, None),
    ("台北市信義區", "TW", 121.56, 25.03, 10, "信義區"),
    ("横浜市中区", "JP", 139.64, 35.44, 10, "中区"),
    ("京都府京都市", "JP", 135.75, 35.01, 10, None),
    ("江苏省南京市鼓楼区", "CN", 118.77, 32.07, 10, "鼓楼区"),
    ("四日市市", "JP", 136.62, 34.97, 5, None),
    ("十日町市", "JP", 138.76, 37.13, 5, None),
    ("大府市", "JP", 136.95, 35.02, 5, None),
    ("余市町", "JP", 140.78, 43.20, 5, None),
    ("津市", "JP", 136.51, 34.73, 5, None),
    ("渋谷区, 東京都", "JP", 139.70, 35.66, 5, None),
]


@pytest.fixture(scope="module")
def lookup(gazetteer: Gazetteer) -> PartLookup:
    """Return look-ups in the gazetteer."""
    return PartLookup(gazetteer)


@pytest.mark.parametrize(("text", "parts"), SPLITS)
def test_glued_names_are_split(lookup: PartLookup, text: str, parts: list[str]) -> None:
    assert [part.text for part in split_glued(Part.of(text), lookup)] == parts


@pytest.mark.parametrize("text", ONE_NAME)
def test_one_name_is_not_split(lookup: PartLookup, text: str) -> None:
    assert split_glued(Part.of(text), lookup) == (Part.of(text),)


@pytest.mark.parametrize(("text", "country", "lon", "lat", "km", "lost"), PLACES)
def test_the_finest_known_name_is_the_answer(
    resolver: Resolver, text: str, country: str, lon: float, lat: float, km: float, lost: str | None
) -> None:
    place = resolver.resolve(text)
    assert place is not None
    assert (place.country, place.text) == (country, lost)
    assert distance_km(place.lon, place.lat, lon, lat) <= km


@pytest.mark.parametrize(
    ("name", "kindless"), [("新疆维吾尔自治区", "新疆维吾尔"), ("서울특별시", "서울"), ("渋谷区", "渋谷")]
)
def test_the_longest_suffix_is_the_kind(name: str, kindless: str) -> None:
    without_kind = split_kind(name)
    assert without_kind is not None
    assert without_kind.name == kindless


def test_latin_texts_are_not_glued() -> None:
    assert [text for text in ("Tokyo", "Łódź", "Київ", "القاهرة", "つくば") if may_be_glued(text)] == []


@pytest.mark.parametrize("text", ["市" * 40, "市" * 300, "区市" * 20, ", ".join(["縣市區" * 13] * 7)])
def test_a_text_of_kinds_alone_is_answered_quickly(resolver: Resolver, text: str) -> None:
    resolver.candidates("東京都渋谷区")
    start = time.process_time()
    resolver.candidates(text)
    assert time.process_time() - start < 0.2
