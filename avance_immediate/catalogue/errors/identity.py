"""Why the tax administration or Urssaf does not take a client's civil status or birth (docs/api.md §5)."""

from odoo.tools.translate import LazyTranslate

from ..entry import BIRTH, CIVIL_STATUS, Error

_lt = LazyTranslate(__name__)

_BIRTH_REFUSED = (
    _lt("Urssaf does not accept your date or your place of birth."),
    _lt("Check the date and the country, and choose the commune again in the list that opens as you type."),
)

IDENTITY_ERRORS = {
    "ERR_DGFIP_R2P_INCONNU": Error(
        _lt("The tax administration does not recognise this person."),
        _lt(
            "Check the birth name, all the first names, the title, the date and the place of birth against the "
            "client's tax notice, then register again."
        ),
        sections=(CIVIL_STATUS, BIRTH),
        causes=(
            (
                _lt("The name in use stands where the birth name belongs."),
                _lt("Enter the name of the birth certificate as birth name, and that of the marriage as name in use."),
            ),
            (
                _lt("First names are missing or shortened."),
                _lt(
                    "Enter all of them, as on the tax notice, with a space between. Refused again? Try a hyphen where "
                    "two of them go together."
                ),
            ),
            (
                _lt("The place of birth is today's, not that of the day of birth."),
                _lt(
                    "Compare with the birth certificate: the commune may have merged or changed department since. "
                    "Born overseas: check the codes."
                ),
            ),
            (
                _lt("The title or the date of birth is wrong."),
                _lt("Enter those of the one person who is registered: “Mr” or “Mrs”, never those of the couple."),
            ),
            (
                _lt("The tax administration writes the name or the address in another way."),
                _lt("Try without accents. After a recent move, try the address that is on the tax notice."),
            ),
        ),
        client=(
            _lt("The tax administration does not recognise you."),
            _lt(
                "Take your tax notice and compare: birth name (not the name in use), all the first names, title, date "
                "and place of birth."
            ),
        ),
        client_causes=(
            (
                _lt("You gave your name in use as birth name."),
                _lt("The birth name is that of your birth certificate; the name of a marriage is the name in use."),
            ),
            (
                _lt("One of your first names is missing."),
                _lt("Enter all of them, as on your tax notice."),
            ),
            (
                _lt("The commune of birth is not the right one."),
                _lt("Look at your birth certificate, and choose the commune of that day, even if it has merged since."),
            ),
            (
                _lt("The title or the date of birth is wrong."),
                _lt("Enter your own, not those of your husband or wife."),
            ),
            (
                _lt("The tax administration writes your name or your address in another way."),
                _lt("Try without accents. If you have moved, try the address of your tax notice."),
            ),
        ),
    ),
    "ERR_DGFIP_IMPOTPART_INCONNU": Error(
        _lt("The tax administration finds no tax return for this person."),
        _lt(
            "The client must have filed at least one income tax return in France. Ask the client to get in touch with"
            " the tax office; register again afterwards."
        ),
        sections=(CIVIL_STATUS,),
        causes=(
            (
                _lt("The client has never filed an income tax return of their own."),
                _lt(
                    "Somebody who has just arrived in France, or is still on their parents' return, must file one "
                    "first. Register again afterwards."
                ),
            ),
            (
                _lt("Something is wrong in the client's tax file."),
                _lt("Only the client can have it corrected: ask them to get in touch with their tax office."),
            ),
            (
                _lt("The return of the household is in the name of somebody else."),
                _lt("Register the person whose name is on the tax notice, for instance the husband or the wife."),
            ),
        ),
        client=(
            _lt("The tax administration finds no tax return of yours."),
            _lt("You must have filed one income tax return in France at least. Get in touch with your tax office."),
        ),
        client_causes=(
            (
                _lt("You have never filed an income tax return of your own in France."),
                _lt("If you have just arrived, or are on your parents' return, one is needed first."),
            ),
            (
                _lt("Something is wrong in your tax file."),
                _lt("Ask your tax office: only you can have it corrected."),
            ),
            (
                _lt("The return of your household is in the name of somebody else."),
                _lt("The person whose name is on the tax notice is the one to be registered: tell us."),
            ),
        ),
    ),
    "ERR_DATE_NAISSANCE_FUTUR": Error(
        _lt("The date of birth is in the future."),
        _lt("Correct the date of birth."),
        sections=(BIRTH,),
        client=_BIRTH_REFUSED,
    ),
    "ERR_LIEU_NAISSANCE_OBLIGATOIRE": Error(
        _lt("The name of the commune of birth is missing."),
        _lt("Choose the commune of birth by its name or its postal code."),
        sections=(BIRTH,),
        client=_BIRTH_REFUSED,
    ),
    "ERREUR_LIEU_NAISSANCE_OBLIGATOIRE": Error(
        _lt("The place of birth is missing."),
        _lt("Enter the country of birth and, for France, the department and the commune."),
        sections=(BIRTH,),
        client=_BIRTH_REFUSED,
    ),
    "ERREUR_LIEU_NAISSANCE_DEPT": Error(
        _lt("The department of birth is missing."),
        _lt("Somebody born in France needs the department of birth, as it was at that time."),
        sections=(BIRTH,),
        client=_BIRTH_REFUSED,
    ),
    "ERREUR_LIEU_NAISSANCE_DEPT_FORMAT": Error(
        _lt("The department of birth is not written as Urssaf expects."),
        _lt("It has three characters, such as 069, 02B or 974."),
        sections=(BIRTH,),
        client=_BIRTH_REFUSED,
    ),
    "ERR_LIEU_NAISSANCE_COMN": Error(
        _lt("The code of the commune of birth is missing."),
        _lt("Somebody born in France needs the commune of birth: enter the last three digits of its INSEE code."),
        sections=(BIRTH,),
        client=_BIRTH_REFUSED,
    ),
    "ERREUR_LIEU_NAISSANCE_PAYS": Error(
        _lt("A French department or commune is given for somebody born abroad."),
        _lt("Leave department and commune empty, or correct the country of birth."),
        sections=(BIRTH,),
        client=_BIRTH_REFUSED,
    ),
    "ERREUR_LIEU_NAISSANCE_INVALIDE": Error(
        _lt("The name of the commune of birth holds a character that Urssaf refuses."),
        _lt("Keep letters, digits, spaces, apostrophes and hyphens only; no semicolon."),
        sections=(BIRTH,),
        client=_BIRTH_REFUSED,
    ),
}
