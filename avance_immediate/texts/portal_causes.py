"""Why Urssaf refuses a registration, said to the client: what may be the matter, and what to try (docs/api.md §5).

The causes are those of ``texts.causes``, in the same order, as far as the client can do something about them.
"""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

_NO_STREET = (
    _lt("You live in a place without a street: a hamlet, a residence."),
    _lt("Write its name in the complement."),
)
_STREET = (
    _lt("The street is not written as Urssaf expects."),
    _lt("Write its type in full and one of the usual ones: rue, avenue, chemin, impasse, place…"),
)
_MISTYPED_ACCOUNT = (
    _lt("The IBAN or the BIC is mistyped."),
    _lt("Copy both from a recent bank statement (RIB)."),
)

PORTAL_CAUSES = {
    "ERR_DGFIP_R2P_INCONNU": (
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
    "ERR_DGFIP_IMPOTPART_INCONNU": (
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
    "ERR_ECV_PARTICULIERS_EXISTENT": (
        (
            _lt("Urssaf opened more than one account for you."),
            _lt("Ask Urssaf to merge them, then come back here."),
        ),
        (
            _lt("Your tax file is not in order."),
            _lt("Have it looked at by your tax office."),
        ),
    ),
    "ERREUR_REFERENCE_PARTICULIER_EXISTANTE_TYPE": (
        (
            _lt("Somebody close to you is registered with this address and this number."),
            _lt("Give an e-mail address or a mobile number that is yours alone."),
        ),
        (
            _lt("You have an Urssaf account already, under a name written in another way."),
            _lt("Sign in to it, and enter your name here as it stands there."),
        ),
    ),
    "ERR_CONTACT": (
        (
            _lt("You have an Urssaf account already, with other details."),
            _lt(
                "Sign in to particulier.urssaf.fr, and enter the same mobile number, e-mail, address and first names "
                "as there."
            ),
        ),
        (
            _lt("Your mobile number or your e-mail address is mistyped."),
            _lt("Read both again."),
        ),
        (
            _lt("Your address is incomplete."),
            _lt("Compare it with your tax notice, and choose your town again in the list."),
        ),
    ),
    **dict.fromkeys(
        (
            "ERR_CONTACT_ADRESSE_TYPE_VOIE",
            "ERR_CONTACT_ADRESSE_TYPEVOIE",
            "ERR_CONTACT_ADRESSE_LIBELLEVOIE",
            "ERR_CONTACT_ADRESSE_INFORMATION_SUPPLEMENTAIRE",
        ),
        (_STREET, _NO_STREET),
    ),
    "ERR_CONTACT_ADRESSE_COMMUNE": (
        (
            _lt("The town and the postal code do not go together."),
            _lt("Check the postal code, then choose your town again in the list."),
        ),
        (
            _lt("You live in Paris, Lyon or Marseille."),
            _lt("Choose your arrondissement in the list."),
        ),
        (
            _lt("Your commune has merged with another one."),
            _lt("Choose the commune of today."),
        ),
    ),
    "ERR_COORDONNEES_BANCAIRES": (
        _MISTYPED_ACCOUNT,
        (
            _lt("Your account is not held in France."),
            _lt("Urssaf only debits accounts held in France: enter another one."),
        ),
        (
            _lt("Your account number begins with a letter."),
            _lt("Urssaf may refuse such numbers: enter another account if you can."),
        ),
    ),
    "ERR_APPEL_BACB": (
        _MISTYPED_ACCOUNT,
        (
            _lt("The account is not yours."),
            _lt("You must hold the account that Urssaf debits."),
        ),
        (
            _lt("The check did not work at that moment."),
            _lt("If all is right, send the form again later."),
        ),
    ),
    "ERR_COMPTE_BLOQUE": (
        (
            _lt("The tax administration has blocked your account."),
            _lt("Get in touch with your tax office, then come back here."),
        ),
        (
            _lt("A debit was refused, perhaps for another provider."),
            _lt("Settle it in your account on particulier.urssaf.fr, then come back here."),
        ),
    ),
    "ERREUR_VALIDATION": (
        (
            _lt("A name holds a sign that Urssaf refuses."),
            _lt("Keep letters, spaces, hyphens and straight apostrophes (')."),
        ),
        (
            _lt("The e-mail address has a plus sign (+), or the account number has letters."),
            _lt("Enter another address, or another account."),
        ),
    ),
}
