"""Suggestions about the mobile number, the e-mail address and the bank account (docs/api.md §2.1)."""

import difflib
import re
import unicodedata
from collections.abc import Iterator

import phonenumbers

from ..http.folding import fold_words
from ..rules.person import BIC_COUNTRIES, IBAN_COUNTRIES, is_bic, is_email, is_french_mobile, is_iban
from ..tiers_prestation.person_messages import Person, compact
from .banks import bic_of, bics_of
from .suggestions_types import FIX, OPTION, QUESTION, Suggestion, change
from .titles import WRITTEN, as_holder, take_title

# Mailboxes that the French use, and domains that only look like a misspelling of one.
MAIL_DOMAINS = (
    "aliceadsl.fr aol.com bbox.fr cegetel.net club-internet.fr free.fr gmail.com gmx.fr hotmail.com hotmail.fr "
    "icloud.com laposte.net live.com live.fr me.com msn.com neuf.fr numericable.fr orange.fr outlook.com outlook.fr "
    "proton.me protonmail.com sfr.fr wanadoo.fr yahoo.com yahoo.fr ymail.com"
).split()
OTHER_DOMAINS = frozenset(
    "aol.fr email.com gmx.com gmx.de gmx.net googlemail.com hotmail.be hotmail.ch hotmail.de hotmail.es hotmail.it "
    "live.be live.it mac.com mail.com orange.com outlook.be outlook.de outlook.es outlook.it rocketmail.com sfr.com "
    "tutanota.com yahoo.be yahoo.ca yahoo.de yahoo.es yahoo.it".split()
)
_TOP_LEVEL_SLIPS = {"con": "com", "cmo": "com", "vom": "com", "comm": "com", "ocm": "com", "cm": "com"} | {
    "ft": "fr", "fe": "fr", "rf": "fr", "frr": "fr", "fra": "fr", "dr": "fr"
}  # fmt: skip
_PLUS_DOMAINS = frozenset({"gmail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "icloud.com"})


def suggest_contact(person: Person) -> Iterator[Suggestion]:
    """Give what can be proposed about mobile and e-mail."""
    if person.mobile and not is_french_mobile(person.mobile) and (mobile := _mobile(person.mobile)):
        yield Suggestion("mobile_format", "mobile", FIX, change(person, "mobile", mobile))
    if not person.email:
        return
    email = _plain_email(person.email)
    if email != person.email and is_email(email.replace("+", "")):
        yield Suggestion("email_format", "email", FIX, change(person, "email", email))
        return
    local, _at, domain = email.rpartition("@")
    if not local:
        return
    if guess := _domain_guess(domain):
        yield Suggestion("email_domain", "email", QUESTION, change(person, "email", f"{local}@{guess}"))
    elif "+" in local and domain in _PLUS_DOMAINS and is_email(without := f"{local.split('+')[0]}@{domain}"):
        yield Suggestion("email_plus", "email", QUESTION, change(person, "email", without))


def _mobile(typed: str) -> str:
    digits = typed.translate(str.maketrans({"o": "0", "O": "0", "l": "1", "I": "1"}))
    try:
        number = phonenumbers.parse(re.sub(r"\(0\)", "", digits), "FR")
    except phonenumbers.NumberParseException:
        return ""
    mobile = f"0{number.national_number}"
    return mobile if number.country_code == 33 and is_french_mobile(mobile) else ""


def _plain_email(typed: str) -> str:
    """Write an address without blanks, brackets, accents and stops at its end; the domain in small letters."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", typed) if not unicodedata.combining(char))
    plain = re.sub(r"^mailto:", "", re.sub(r"\s", "", plain).strip("<>,;.:\"'"), flags=re.IGNORECASE)
    plain = re.sub(r"\(at\)|\[at\]", "@", plain, flags=re.IGNORECASE)
    local, at, domain = plain.rpartition("@")
    local = re.sub(r"\.{2,}", ".", local).strip(".")
    return f"{local}{at}{re.sub(r'[,;.]+', '.', domain).lower()}"


def _domain_guess(domain: str) -> str:
    if domain in MAIL_DOMAINS or domain in OTHER_DOMAINS:
        return ""
    name, dot, top = domain.rpartition(".")
    slip = f"{name}.{_TOP_LEVEL_SLIPS.get(top, top)}" if dot else ""
    if slip in MAIL_DOMAINS:
        return slip
    if not dot:
        return next((known for known in MAIL_DOMAINS if known.rpartition(".")[0] == domain), "")
    return next(iter(difflib.get_close_matches(slip, MAIL_DOMAINS, n=1, cutoff=0.88)), "")


# ---------------------------------------------------------------------------------------------------------------------
# Account
# ---------------------------------------------------------------------------------------------------------------------


def suggest_bank(person: Person) -> Iterator[Suggestion]:
    """Give what can be proposed about IBAN, BIC and holder."""
    account = person.bank
    iban, bic = _plain_code(account.iban, "IBAN"), _plain_code(account.bic, "BIC")
    if is_iban(bic) and not is_iban(iban):
        moved = change(person, "bank.iban", bic) + change(person, "bank.bic", iban if is_bic(iban) else "")
        yield Suggestion("bank_swapped", "bank.iban", FIX, moved)
    else:
        if not is_iban(iban):
            iban = _digits_for_letters(iban)
        if is_iban(iban) and iban != compact(account.iban):
            yield Suggestion("iban_format", "bank.iban", FIX, change(person, "bank.iban", iban))
        if is_bic(bic) and bic != compact(account.bic):
            yield Suggestion("bic_format", "bank.bic", FIX, change(person, "bank.bic", bic))
        elif is_iban(iban) and iban[:2] in IBAN_COUNTRIES:
            yield from _suggest_bic(person, iban, bic)
    yield from _suggest_holder(person)


def _plain_code(typed: str, label: str) -> str:
    code = re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", typed).upper())
    return code.removeprefix(label) if len(code) > len(label) + 7 else code


def _digits_for_letters(iban: str) -> str:
    """Fix an O typed for a zero and an I for a one, where the check digits then fit."""
    fixed = iban[:2] + iban[2:].replace("O", "0").replace("I", "1")
    return fixed if is_iban(fixed) else iban


def _suggest_bic(person: Person, iban: str, bic: str) -> Iterator[Suggestion]:
    proposed = bic_of(iban)
    if not is_bic(bic) and proposed:
        yield Suggestion("bic_from_iban", "bank.bic", FIX, change(person, "bank.bic", proposed))
    elif is_bic(bic) and bic[4:6] in BIC_COUNTRIES:
        known = bics_of(iban)
        if known and bic[:8] not in {each[:8] for each in known}:
            changes = change(person, "bank.bic", proposed) if proposed else ()
            yield Suggestion("bic_other_bank", "bank.bic", QUESTION, changes)


def _suggest_holder(person: Person) -> Iterator[Suggestion]:
    holder, title = person.bank.holder, WRITTEN.get(person.title, "")
    name, first = person.usage_name or person.birth_name, person.first_names.split(" ")[0]
    if not holder or is_iban(compact(holder)):
        if title and name and first:
            changes = change(person, "bank.holder", as_holder(person.title, name, first))
            yield Suggestion("holder_from_name", "bank.holder", FIX, changes)
        return
    words, *known = (set(fold_words(each)) for each in (holder, person.birth_name, person.usage_name))
    if any(known) and not any(each and each <= words for each in known):
        yield Suggestion("holder_other", "bank.holder", QUESTION)
    elif title and not take_title(holder):
        yield Suggestion("holder_title", "bank.holder", OPTION, change(person, "bank.holder", f"{title} {holder}"))
