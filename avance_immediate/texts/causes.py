"""Why Urssaf refuses a registration: the likely causes, the likeliest first, and what to try (docs/api.md §5).

A code whose title and repair (``texts.errors``) say all there is to say has no causes here, only its sections.
"""

from dataclasses import dataclass

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

CIVIL_STATUS, BIRTH, CONTACT, ADDRESS, BANK = SECTIONS = ("civil_status", "birth", "contact", "address", "bank")


@dataclass(frozen=True)
class Explanation:
    """What is known of a refusal.

    :param sections: the parts of the form that it concerns, of ``SECTIONS`` and in their order
    :param causes: pairs of lazy texts, what is probably the matter and what to try next; the likeliest first
    """

    sections: tuple = ()
    causes: tuple = ()


CAUSES = {
    "ERR_DGFIP_R2P_INCONNU": Explanation(
        (CIVIL_STATUS, BIRTH),
        (
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
    ),
    "ERR_DGFIP_IMPOTPART_INCONNU": Explanation(
        (CIVIL_STATUS,),
        (
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
    ),
    "ERR_ECV_PARTICULIERS_EXISTENT": Explanation(
        (),
        (
            (
                _lt("Urssaf opened more than one account for this person."),
                _lt(
                    "Only Urssaf can merge them: write to its support with the client's agreement, then register again."
                ),
            ),
            (
                _lt("The client's tax file is not in order."),
                _lt("Ask the client to have it looked at by their tax office."),
            ),
        ),
    ),
    "ERREUR_REFERENCE_PARTICULIER_EXISTANTE_TYPE": Explanation(
        (CONTACT,),
        (
            (
                _lt("Somebody close to the client is registered with this address and this number."),
                _lt("No two people may share both: enter an e-mail address or a mobile number of the client's own."),
            ),
            (
                _lt("The client has an Urssaf account already, under a name written in another way."),
                _lt("Ask the client to sign in to it, and enter the civil status as it stands there."),
            ),
        ),
    ),
    "ERR_DATE_NAISSANCE_FUTUR": Explanation((BIRTH,)),
    "ERR_LIEU_NAISSANCE_OBLIGATOIRE": Explanation((BIRTH,)),
    "ERREUR_LIEU_NAISSANCE_OBLIGATOIRE": Explanation((BIRTH,)),
    "ERREUR_LIEU_NAISSANCE_DEPT": Explanation((BIRTH,)),
    "ERREUR_LIEU_NAISSANCE_DEPT_FORMAT": Explanation((BIRTH,)),
    "ERR_LIEU_NAISSANCE_COMN": Explanation((BIRTH,)),
    "ERREUR_LIEU_NAISSANCE_PAYS": Explanation((BIRTH,)),
    "ERREUR_LIEU_NAISSANCE_INVALIDE": Explanation((BIRTH,)),
    "ERR_CONTACT": Explanation(
        (CONTACT, ADDRESS),
        (
            (
                _lt("The client has an Urssaf account already, with other details."),
                _lt(
                    "Ask the client to sign in to particulier.urssaf.fr, and enter the same mobile number, e-mail, "
                    "address and first names as there."
                ),
            ),
            (
                _lt("The mobile number or the e-mail address is mistyped."),
                _lt("Read both again with the client: a French mobile number (06 or 07), an e-mail without accents."),
            ),
            (
                _lt("The postal address is incomplete."),
                _lt("Compare it with the tax notice, and choose the town again."),
            ),
        ),
    ),
    "ERR_CONTACT_ADRESSE_TYPE_VOIE": Explanation(
        (ADDRESS,),
        (
            (
                _lt("The type of street is a rare one."),
                _lt("Choose a common one that comes close: Rue, Avenue, Allée, Impasse, Place, Route…"),
            ),
            (
                _lt("The place has no street: a hamlet, a building, a residence."),
                _lt("Leave type and name of the street empty, and write the place in the complement or the locality."),
            ),
        ),
    ),
    "ERR_CONTACT_ADRESSE_TYPEVOIE": Explanation(
        (ADDRESS,),
        (
            (
                _lt("The type was typed at the beginning of the name."),
                _lt("Choose it in its own field, and keep only the rest in the name: “Rue”, then “des Lilas”."),
            ),
            (
                _lt("What was entered is no street: a hamlet, a place called."),
                _lt("Write it in the locality, and leave the name of the street empty."),
            ),
        ),
    ),
    "ERR_CONTACT_ADRESSE_LIBELLEVOIE": Explanation(
        (ADDRESS,),
        (
            (
                _lt("The name of the street was forgotten, or is in another field."),
                _lt("Write it beside the type, without the type: 28 characters at most."),
            ),
            (
                _lt("The place has no street: a hamlet, a building, a residence."),
                _lt("Empty the type of street, and write the place in the complement or the locality."),
            ),
        ),
    ),
    "ERR_CONTACT_ADRESSE_LETTRE_VOIE": Explanation(
        (ADDRESS,),
        (
            (
                _lt("It is the letter of a building or a staircase."),
                _lt("Write it in the complement. After the number only bis, ter, quater and quinquies are possible."),
            ),
        ),
    ),
    "ERR_CONTACT_ADRESSE_INFORMATION_SUPPLEMENTAIRE": Explanation(
        (ADDRESS,),
        (
            (
                _lt("Only the number or the town was entered."),
                _lt("Add the type and the name of the street."),
            ),
            (
                _lt("The place has no street: a hamlet, a building, a residence."),
                _lt("Write the place in the complement or the locality."),
            ),
        ),
    ),
    "ERR_CONTACT_ADRESSE_COMMUNE": Explanation(
        (ADDRESS,),
        (
            (
                _lt("The INSEE code is not that of the town."),
                _lt("Choose the town again, by its name or its postal code: its code comes with it."),
            ),
            (
                _lt("The town is Paris, Lyon or Marseille."),
                _lt("Choose the arrondissement, not the whole city: each has a code of its own (75115 for Paris 15e)."),
            ),
            (
                _lt("The commune has merged with another one."),
                _lt("Choose the commune of today."),
            ),
        ),
    ),
    "ERR_COORDONNEES_BANCAIRES": Explanation(
        (BANK,),
        (
            (
                _lt("The IBAN or the BIC is mistyped."),
                _lt("Copy both again from the client's bank statement (RIB), rather than from an older document."),
            ),
            (
                _lt("The account is not held in France."),
                _lt("Urssaf only debits accounts held in France: ask for another one."),
            ),
            (
                _lt("The account number begins with a letter."),
                _lt("Urssaf may refuse such numbers: if the statement confirms it, ask for another account."),
            ),
        ),
    ),
    "ERR_APPEL_BACB": Explanation(
        (BANK,),
        (
            (
                _lt("The IBAN or the BIC is mistyped."),
                _lt("Copy both again from the client's bank statement (RIB)."),
            ),
            (
                _lt("The account is not the client's own."),
                _lt("The client must hold the account that Urssaf debits: ask for their own bank statement."),
            ),
            (
                _lt("The check did not work at that moment."),
                _lt("If the bank details are right, register again later."),
            ),
        ),
    ),
    "ERR_COMPTE_BLOQUE": Explanation(
        (),
        (
            (
                _lt("The tax administration has blocked the account."),
                _lt("Ask the client to get in touch with their tax office. Register again once it is settled."),
            ),
            (
                _lt("A debit was refused, perhaps for another provider."),
                _lt(
                    "The client settles it in their account on particulier.urssaf.fr. A third unpaid debit in "
                    "a year excludes them until the end of the year."
                ),
            ),
        ),
    ),
    "ERR_LIEN_TIERS_PRESTATION_PARTICULIER_EXISTE": Explanation(
        (),
        (
            (
                _lt("An earlier attempt had succeeded, and its answer was lost."),
                _lt("Refresh: the client is found by the e-mail address."),
            ),
            (
                _lt("The client was registered with another software."),
                _lt(
                    "Refresh too. If the client is not found, enter the reference that the other software has of "
                    "Urssaf."
                ),
            ),
        ),
    ),
    "ERR_LIEN_TIERS_PRESTATION_PARTICULIER": Explanation(
        (),
        (
            (
                _lt("Something went wrong at Urssaf."),
                _lt("Register again later; if it fails again, write to Urssaf's support."),
            ),
            (
                _lt("The client has an Urssaf account already, where your request is waiting."),
                _lt("Ask the client to sign in, and to look for you under “Intervenants”."),
            ),
        ),
    ),
    "ERREUR_VALIDATION": Explanation(
        (),
        (
            (
                _lt("A name holds a sign that Urssaf refuses."),
                _lt("Keep letters, spaces, hyphens and straight apostrophes, with a letter at both ends."),
            ),
            (
                _lt("The e-mail address has a plus sign (+), or the account number has letters."),
                _lt("Ask the client for another address, or for another account."),
            ),
            (
                _lt("It is another field."),
                _lt("The administrator can see which one in the exchanges."),
            ),
        ),
    ),
    "ERR_RECHERCHE_PARTICULIER": Explanation(
        (),
        (
            (
                _lt("The client has removed you from their list of providers."),
                _lt("Ask the client; with their agreement, register them again."),
            ),
            (
                _lt("The client was never registered with you."),
                _lt("Register the client, with their agreement."),
            ),
        ),
    ),
}
UNKNOWN_CAUSES = Explanation()
