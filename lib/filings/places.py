"""Places of mainland China: provinces, prefectures, counties, regions; a code to its place.

Names follow GB/T 2260; regions follow the National Bureau of Statistics (notice of 2011-06-13).
A place is one node of the tree nation → province → city → district.
"""

import difflib
import re
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import pandas as pd

from filings import paths

NATION = "全国"
REGIONS = ("East", "Central", "West", "Northeast")
"""The four regions of the National Bureau of Statistics: 10, 6, 12 and 3 provinces."""

REGION_NAMES = MappingProxyType(
    {"East": "东部", "Central": "中部", "West": "西部", "Northeast": "东北"}
)

BELTS = ("East", "Central", "West")
"""The older scheme of three belts, still common in the literature: 11, 8 and 12 provinces."""

# A prefecture's name in the code table where there is no prefecture: the districts and counties
# of a municipality, and the counties that answer to the province itself.
_MUNICIPAL = ("市辖区", "县")
_NO_CITY = (*_MUNICIPAL, "直辖县")

# Prefecture-level cities without counties, which a table of counties can't hold.
_CITIES_WITHOUT_COUNTIES = MappingProxyType(
    {
        "441900": ("东莞市", "广东"),
        "442000": ("中山市", "广东"),
        "460300": ("三沙市", "海南"),
        "460400": ("儋州市", "海南"),
        "620200": ("嘉峪关市", "甘肃"),
    }
)
# A state-level new area with the standing of a city; GB/T 2260 gives it no code.
_XIONGAN = ("雄安新区", "河北")

_CITY_ENDINGS = ("市", "地区", "盟")
_PEOPLES = (
    "朝鲜族|蒙古族?|土家族|苗族|藏族|羌族|彝族|布依族|侗族|哈尼族|壮族|傣族|白族|景颇族|傈僳族|回族"
    "|柯尔克孜|哈萨克"
)
_AUTONOMOUS = re.compile(f"(.+?)(?:{_PEOPLES})+自治州")


class UnknownPlaceError(ValueError):
    """A name that no place bears, or that several do.

    Attributes
    ----------
    name, near
        What was asked, and the names to choose from.
    """

    def __init__(self, name: str, near: tuple[str, ...] = (), shared: bool = False):
        self.name, self.near = name, near
        what = f"several places are called {name}" if shared else f"unknown place {name!r}"
        advice = "name one of" if shared else "near matches"
        super().__init__(f"{what}; {advice}: {'、'.join(near)}" if near else what)


@dataclass(frozen=True)
class Place:
    """One place of the tree.

    Attributes
    ----------
    name
        Unique: 北京, 深圳, 恩施, 相城区, 南京鼓楼区.
    level
        ``nation``, ``province``, ``city`` or ``district``.
    parent
        The name of the place it lies in; None for the nation.
    code
        Its six-digit division code; empty if it has none.
    """

    name: str
    level: str
    parent: str | None
    code: str


@cache
def provinces() -> pd.DataFrame:
    """The 31 mainland provinces in code order, indexed by short Chinese name.

    Population is in 10,000 residents at year's end, GDP in 100 million yuan; region_en is one of
    ``REGIONS``.

    Notes
    -----
    Source: National Bureau of Statistics (data/README.md).
    """
    table = pd.read_csv(paths.PROVINCES, dtype={"adcode": str}).set_index("name_zh")
    assert len(table) == 31 and table.index.is_unique, "31 provinces, each named once"
    return table


@cache
def province_names() -> tuple[str, ...]:
    """Short Chinese names of the 31 provinces in code order (北京, 天津, …, 新疆)."""
    return tuple(provinces().index)


@cache
def regions() -> dict[str, tuple[str, ...]]:
    """Provinces by region (English name), in code order."""
    by = provinces()["region_en"]
    return {region: tuple(by.index[by == region]) for region in REGIONS}


@cache
def belts() -> dict[str, tuple[str, ...]]:
    """Provinces by belt: the scheme of the 1980s as it stood from 2000 on, in code order.

    Notes
    -----
    The Northeast is split (Liaoning East, Jilin and Heilongjiang Central); Inner Mongolia and
    Guangxi, once East and Central, belong to the West since the Western Development programme.
    """
    moved = {"辽宁": "East", "吉林": "Central", "黑龙江": "Central"}
    belt = {name: moved.get(name, region) for name, region in provinces()["region_en"].items()}
    return {each: tuple(name for name in belt if belt[name] == each) for each in BELTS}


@cache
def schemes() -> dict[str, dict[str, tuple[str, ...]]]:
    """The ways to group the 31 provinces: name of the scheme → region → provinces."""
    return {"NBS four regions": regions(), "East-Central-West belts": belts()}


@cache
def counties() -> pd.DataFrame:
    """County codes of GB/T 2260 with the first and last year-end list that holds them."""
    return pd.read_csv(paths.COUNTIES, dtype=str).astype({"first_year": int, "last_year": int})


@cache
def neighbours() -> tuple[tuple[str, str], ...]:
    """The 68 pairs of provinces that share a land border. Hainan has none."""
    table = pd.read_csv(paths.NEIGHBOURS)
    return tuple(zip(table["a"], table["b"], strict=True))


@cache
def _press_name(city: str) -> str:
    """A city's name as the press writes it: 深圳市 → 深圳, 恩施土家族苗族自治州 → 恩施.

    Where that is the name of a province, a form that isn't: 吉林市, 海南州.
    """
    autonomous = _AUTONOMOUS.fullmatch(city)
    if autonomous:
        short = autonomous[1]
        return f"{short}州" if short in province_names() else short
    for ending in _CITY_ENDINGS:
        if city.endswith(ending) and len(city) > len(ending) + 1:
            short = city.removesuffix(ending)
            return city if short in province_names() else short
    return city


@cache
def _full_names() -> dict[str, str]:
    """Short name of a province by its full one: 广东省 → 广东."""
    return {full: short for short, full in provinces()["name_zh_full"].items()}


@cache
def _tree() -> dict[str, tuple[Place, ...]]:
    """All places under every name they go by: short, full, English. Newest edition only."""
    found: dict[str, list[Place]] = {}

    def add(place: Place, *names: str) -> None:
        for name in {place.name, *names}:
            if place not in found.setdefault(name, []):
                found[name].append(place)

    def add_city(name: str, province: str, code: str) -> Place:
        city = Place(_press_name(name), "city", province, code)
        autonomous = _AUTONOMOUS.fullmatch(name)
        add(city, name, *([autonomous[1], f"{autonomous[1]}州"] if autonomous else []))
        return city

    add(Place(NATION, "nation", None, "000000"), "中国", "China")
    for name, row in provinces().iterrows():
        add(Place(name, "province", NATION, row["adcode"]), row["name_zh_full"], row["name_en"])
    for code, (name, province) in _CITIES_WITHOUT_COUNTIES.items():
        add_city(name, province, code)
    add(Place(_XIONGAN[0], "city", _XIONGAN[1], ""), "雄安")

    newest = counties()[counties()["last_year"] == counties()["last_year"].max()]
    shared = set(newest["county_name"][newest["county_name"].duplicated()])
    for row in newest.itertuples():
        province = parent = _full_names()[row.province_name]
        if row.city_name not in _NO_CITY:
            parent = add_city(row.city_name, province, row.city_adcode).name
        joint = f"{parent}{row.county_name}"
        name = joint if row.county_name in shared else row.county_name
        names = {joint, row.county_name, row.county_name.removesuffix("市")}
        add(Place(name, "district", parent, row.county_adcode), *names)
    return {name: tuple(places) for name, places in found.items()}


@cache
def find(name: str) -> Place:
    """The place of that name: short (深圳), full (深圳市) or, for provinces, English (Hunan).

    A name borne at several levels means the highest: 吉林 is the province, 大理 the prefecture.

    Raises
    ------
    UnknownPlaceError
        With near matches for a name no place bears, and with the choices for one that several
        districts share (鼓楼区: write 南京鼓楼区).
    """
    known = _highest(_tree().get(name.strip(), ()))
    if not known:
        near = difflib.get_close_matches(name.strip(), _tree(), n=5, cutoff=0.5)
        raise UnknownPlaceError(name, tuple(near))
    if len(known) > 1:
        raise UnknownPlaceError(name, tuple(place.name for place in known), shared=True)
    return known[0]


def _highest(known: tuple[Place, ...]) -> list[Place]:
    """Those of the places that stand highest in the tree."""
    level = next((level for level in _LEVELS if any(p.level == level for p in known)), "")
    return [place for place in known if place.level == level]


_LEVELS = ("nation", "province", "city", "district")


@cache
def names() -> dict[str, Place]:
    """Every name that `find` takes, with the place it means."""
    highest = {name: _highest(known) for name, known in _tree().items()}
    return {name: places[0] for name, places in highest.items() if len(places) == 1}


def ancestors(name: str) -> tuple[str, ...]:
    """The places that a place lies in, nearest first, up to the nation.

    >>> ancestors("深圳")
    ('广东', '全国')
    """
    found = []
    while (parent := find(name).parent) is not None:
        found.append(parent)
        name = parent
    return tuple(found)


def province_of(name: str) -> str | None:
    """The province a place lies in or is; None for the nation."""
    chain = (name, *ancestors(name))
    return next((find(one).name for one in chain if find(one).level == "province"), None)


_ENGLISH_ENDINGS = MappingProxyType({"新区": "New Area", "区": "District", "县": "County"})


@cache
def english(name: str) -> str:
    """A place's name in English: Hunan from the table, else pinyin (Shenzhen, Nanshan District).

    Raises
    ------
    UnknownPlaceError
        As `find` does.
    """
    place = find(name)
    if place.level == "nation":
        return "China"
    if place.level == "province":
        return provinces().at[place.name, "name_en"]
    from pypinyin import lazy_pinyin  # slow to load, and few ask

    stem, ending = place.name, ""
    for chinese, word in _ENGLISH_ENDINGS.items():
        if stem.endswith(chinese) and len(stem) > len(chinese) + 1:
            stem, ending = stem.removesuffix(chinese), f" {word}"
            break
    first, *rest = lazy_pinyin(stem.removesuffix("市"), v_to_u=True)
    # Xi'an, or it would read Xian: an apostrophe parts a syllable that begins with a vowel.
    joined = first + "".join(f"'{part}" if part[0] in "aeo" else part for part in rest)
    return joined.capitalize() + ending


BASES = ("county", "prefecture", "province", "none")
"""How far down a division code could be followed: see `locate`."""


@dataclass(frozen=True)
class Location:
    """Where a division code lies. Names are short, those of counties full; empty if unknown.

    Attributes
    ----------
    basis
        The lowest level that the code could be followed to, one of ``BASES``.
    """

    province: str
    prefecture: str
    county: str
    basis: str


@cache
def _by_code() -> dict[str, list[tuple[int, float, str]]]:
    """Names by code with first and last year: six digits for counties, four for prefectures."""
    table = counties()
    # What the newest edition holds is taken to hold on.
    last = table["last_year"].where(table["last_year"] < table["last_year"].max(), float("inf"))
    table = table.assign(last_year=last)
    found: dict[str, list[tuple[int, float, str]]] = {}
    for row in table.itertuples():
        found.setdefault(row.county_adcode, []).append(
            (row.first_year, row.last_year, row.county_name)
        )
    prefectures = table[table["city_name"] != "直辖县"].groupby(["city_adcode", "city_name"])
    for (code, name), rows in prefectures:
        province = _full_names()[rows["province_name"].iloc[0]]
        press = province if name in _MUNICIPAL else _press_name(name)
        found.setdefault(code[:4], []).append(
            (rows["first_year"].min(), rows["last_year"].max(), press)
        )
    for code, (name, _) in _CITIES_WITHOUT_COUNTIES.items():
        found[code[:4]] = [(0, float("inf"), _press_name(name))]
    return found


def _in_year(code: str, year: int) -> str:
    """The name a code had in that year; empty if no edition of then holds it.

    The tables are lists of year's ends: a code abolished in spring was last listed the winter
    before, so a year of grace follows. The edition of the year itself goes first.
    """
    known = _by_code().get(code, [])
    for grace in (0, 1):
        for first, last, name in known:
            if first <= year <= last + grace:
                return name
    return ""


@cache
def locate(code: str, year: int) -> Location:
    """Where a six-digit division code lay, by the edition of GB/T 2260 valid in that year.

    A code in no edition of the year (that of a development zone, say) falls back on its first
    four digits, the prefecture, then on its first two, the province.

    >>> locate("440305", 2020)
    Location(province='广东', prefecture='深圳', county='南山区', basis='county')
    >>> locate("510109", 2021)
    Location(province='四川', prefecture='成都', county='', basis='prefecture')
    """
    province = province_by_code().get(code[:2], "")
    prefecture, county = _in_year(code[:4], year), _in_year(code, year)
    if not province:
        return Location("", "", "", "none")
    basis = "county" if county else "prefecture" if prefecture else "province"
    return Location(province, prefecture, county, basis)


@cache
def province_by_code() -> dict[str, str]:
    """Short name by two-digit province code: 44 → 广东."""
    return {code[:2]: name for name, code in provinces()["adcode"].items()}
