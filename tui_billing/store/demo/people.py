"""Believable names of people and companies of many countries, and the user names that go with them."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tui_billing.domain.text import folded

# Letters that do not decompose into an ASCII letter and an accent.
PLAIN_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "þ": "th", "ð": "d", "ı": "i"})


@dataclass(frozen=True, slots=True)
class Naming:
    """Given and family names of one country; `健/ken` gives a name and how its user name spells it."""

    given: str
    family: str
    family_first: bool = False


NAMINGS = (
    Naming("Zofia Michał Łucja Paweł Bożena", "Wójcik Łuczak Zieliński Dąbrowska Kaźmierczak"),
    Naming("Aoife Cillian Róisín Pádraig Niamh", "Ó-Súilleabháin Byrne Ní-Dhomhnaill Kelly Ó-Briain"),
    Naming("健/ken 花子/hanako 翔太/shota 美咲/misaki", "佐藤/sato 鈴木/suzuki 高橋/takahashi 渡辺/watanabe", True),
    Naming("Emma Jack Olivia Harry Charlotte", "Thompson Whitaker Hughes Clarke Robertson"),
    Naming("Astrid Søren Freja Jørgen Åse", "Sørensen Bjørnstad Nygård Østergaard Lindholm"),
    Naming("Lucía Íñigo Begoña Andrés Inés", "Muñoz Ibáñez García Peña Echeverría"),
    Naming("João Conceição Inês Tomé Luísa", "Gonçalves Araújo Simões Magalhães Brandão"),
    Naming("Jürgen Käthe Björn Jörg Heike", "Müller Weiß Schröder Köhler Größmann"),
    Naming("Élodie François Zoë Benoît Hélène", "Lefèvre Dubois Chênevert Garçon Noël"),
    Naming("Fatma Khalid Noura Bader Dalal", "Al-Sabah Al-Mutairi Al-Rashid Behbehani Al-Enezi"),
    Naming("Šárka Jiří Žofie Ondřej Eliška", "Dvořák Šťastná Křížek Černý Růžička"),
    Naming("Priya Arjun Meera Rohan Ananya", "Iyer Chatterjee Nair Deshmukh Kapoor"),
    Naming("Thị-Hoa Minh Đức Lan Quang", "Nguyễn Trần Phạm Đặng Võ", True),
)

COMPANIES = (
    ("Łódzkie Zakłady", "sp. z o.o."),
    ("Żuraw Gdański", "S.A."),
    ("Ó Conaill", "Teoranta"),
    ("Mac Giolla", "Ltd"),
    ("北海道", "株式会社"),
    ("さくら", "合同会社"),
    ("Hollingworth", "PLC"),
    ("Brightwater", "LLC"),
    ("Cascadia", "Inc."),
    ("Ångström", "AB"),
    ("Fjordlys", "A/S"),
    ("Añejo del Sur", "S.L."),
    ("São Gonçalo", "Lda."),
    ("Grünwald", "GmbH"),
    ("Müller & Söhne", "KG"),
    ("Crème Brûlée", "SARL"),
    ("Gulf Horizon", "W.L.L."),
    ("Dhow Bay", "K.S.C."),
    ("Růžový Dům", "s.r.o."),
    ("Lotus Hill", "Pvt. Ltd."),
)
TRADES = ("Logistics", "Foods", "Textiles", "Analytics", "Media", "Marine", "Robotics", "Energy", "Clinics", "Games")


def user_name(*words: str) -> str:
    """The words as a user name: lower-case ASCII letters and digits, joined by dots."""
    plain = (folded(word).translate(PLAIN_LETTERS) for word in words)
    kept = ("".join(c for c in word if c.isascii() and c.isalnum()) for word in plain)
    return ".".join(word for word in kept if word)


def person(random: Random) -> tuple[str, str]:
    """A person's name and user name."""
    naming = random.choice(NAMINGS)
    given, _, given_plain = random.choice(naming.given.split()).partition("/")
    family, _, family_plain = random.choice(naming.family.split()).partition("/")
    words = (family, given) if naming.family_first else (given, family)
    return " ".join(words).replace("Ó-", "Ó "), user_name(given_plain or given, family_plain or family)


def company(random: Random) -> tuple[str, str]:
    """A company's name and the user name of its master user."""
    stem, form = random.choice(COMPANIES)
    trade = random.choice(TRADES)
    return f"{stem} {trade} {form}", user_name(*stem.split()[:2], trade)
