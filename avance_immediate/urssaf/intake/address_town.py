"""Finds the postal code and the town of an address, in their fields or behind the street (docs/api.md §2.1)."""

import re

from ..http.folding import fold_in_place
from .address_marks import SIGNS

# A postal code at the end of a segment, alone or before the town; behind "BP" or "CS" it is the number of a box.
_TOWN_BEHIND = re.compile(
    r"(?:(.+?)(?<!\bBP)(?<!\bCS)(?<!\bTSA)(?<!n°) )?(?:F-)?(\d{5})(?: (\D.*?)(?:(?<! en) france)?)?", re.I
)


def take_town(segments: list[str], zip_code: str, city: str) -> tuple[list[str], str, str, bool]:
    """Take postal code and town out of the lines of an address.

    :param segments: the parts of the lines
    :param zip_code: postal code, and ``city`` the town, as they were typed in fields of their own
    :return: the segments that are left, postal code, town, and whether there was a CEDEX behind the town
    """
    zip_code, city = _zip_and_city(zip_code, city)
    kept = []
    for place, segment in enumerate(segments):
        match = _TOWN_BEHIND.fullmatch(segment)
        if match and zip_code in ("", match[2]) and (not match[3] or _same_town(city, match[3])):
            zip_code, city, segment = match[2], city or match[3] or "", match[1] or ""
            if place and not city and not re.search(r"\d", segment):
                city, segment = segment, ""
        if segment and fold_in_place(segment) != "france":
            kept.append(segment)
    others = [segment for segment in kept if not city or fold_in_place(segment) != fold_in_place(city)]
    cedex = re.search(r"\s*\bcedex\b.*$", city, re.IGNORECASE)
    if re.fullmatch(r"\d{4}", zip_code):
        zip_code = f"0{zip_code}"  # a spreadsheet drops the zero in front
    return others or kept, zip_code, city[: cedex.start()] if cedex else city, bool(cedex)


def _zip_and_city(zip_code: str, city: str) -> tuple[str, str]:
    """Put right what was typed in both fields: the one in the other, both in one, the country behind the town."""
    zip_code, city = (" ".join((text or "").translate(SIGNS).split()) for text in (zip_code, city))
    city = re.sub(r"\s*(?:,|\(| - )\s*france\)?$", "", city, flags=re.IGNORECASE)
    if re.fullmatch(r"\d{5}", city) and zip_code and not re.search(r"\d", zip_code):
        zip_code, city = city, zip_code
    if (match := re.fullmatch(r"(?:F-?)?(\d{5})[ ,]+(\D.*)", zip_code, re.IGNORECASE)) and _same_town(city, match[2]):
        zip_code, city = match[1], city or match[2]
    zip_code = re.sub(r"^F-?|\s", "", zip_code, flags=re.IGNORECASE)
    match = re.fullmatch(r"(?:F-?)?(?P<zip>\d{5})[ ,]+(?P<city>\D.*)", city, re.IGNORECASE)
    match = match or re.fullmatch(r"(?P<city>\D+?)[ ,(]+(?P<zip>\d{5})\)?", city)
    if match and zip_code in ("", match["zip"]):
        zip_code, city = match["zip"], match["city"]
    return zip_code, city


def _same_town(city: str, other: str) -> bool:
    return not city or re.sub(r"\W", " ", fold_in_place(city)) == re.sub(r"\W", " ", fold_in_place(other))
