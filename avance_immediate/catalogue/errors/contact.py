"""Why Urssaf does not take a client's contact, address or bank account (docs/api.md §5)."""

from odoo.tools.translate import LazyTranslate

from ..entry import ADDRESS, BANK, CONTACT, Error

_lt = LazyTranslate(__name__)

_ADDRESS_REFUSED = (
    _lt("Urssaf does not understand your address."),
    _lt("Write the number and the street, as on your mail: 8 rue du Soleil. 28 characters at most for the name."),
)
_STREET = (
    _lt("The street is not written as Urssaf expects."),
    _lt("Write its type in full and one of the usual ones: rue, avenue, chemin, impasse, place…"),
)
_NO_STREET = (
    _lt("You live in a place without a street: a hamlet, a residence."),
    _lt("Write its name in the complement."),
)
_MISTYPED_ACCOUNT = (
    _lt("The IBAN or the BIC is mistyped."),
    _lt("Copy both from a recent bank statement (RIB)."),
)

CONTACT_ERRORS = {
    "ERREUR_REFERENCE_PARTICULIER_EXISTANTE_TYPE": Error(
        _lt("This e-mail address or this mobile number already belongs to somebody else at Urssaf."),
        _lt("Ask the client for an e-mail address and a mobile number of their own, then register again."),
        sections=(CONTACT,),
        causes=(
            (
                _lt("Somebody close to the client is registered with this address and this number."),
                _lt("No two people may share both: enter an e-mail address or a mobile number of the client's own."),
            ),
            (
                _lt("The client has an Urssaf account already, under a name written in another way."),
                _lt("Ask the client to sign in to it, and enter the civil status as it stands there."),
            ),
        ),
        client=(
            _lt("This e-mail address or this mobile number already belongs to somebody else at Urssaf."),
            _lt("Give an e-mail address and a mobile number that are yours alone."),
        ),
        client_causes=(
            (
                _lt("Somebody close to you is registered with this address and this number."),
                _lt("Give an e-mail address or a mobile number that is yours alone."),
            ),
            (
                _lt("You have an Urssaf account already, under a name written in another way."),
                _lt("Sign in to it, and enter your name here as it stands there."),
            ),
        ),
    ),
    "ERR_CONTACT": Error(
        _lt("Urssaf refuses the mobile number, the e-mail address or the postal address."),
        _lt(
            "Check all three. If the client already has an account with Urssaf (through another provider, for "
            "instance), they must be the same as in that account."
        ),
        sections=(CONTACT, ADDRESS),
        causes=(
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
        client=(
            _lt("Urssaf refuses the mobile number, the e-mail address or the postal address."),
            _lt("Check all three. If you have an Urssaf account already, give the same as there."),
        ),
        client_causes=(
            (
                _lt("You have an Urssaf account already, with other details."),
                _lt(
                    "Sign in to particulier.urssaf.fr, and enter the same mobile number, e-mail, address and first "
                    "names as there."
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
    ),
    "ERR_CONTACT_ADRESSE_TYPE_VOIE": Error(
        _lt("Urssaf does not know this type of street."),
        _lt("Choose another type of street, or write the street in the address complement."),
        sections=(ADDRESS,),
        causes=(
            (
                _lt("The type of street is a rare one."),
                _lt("Choose a common one that comes close: Rue, Avenue, Allée, Impasse, Place, Route…"),
            ),
            (
                _lt("The place has no street: a hamlet, a building, a residence."),
                _lt("Leave type and name of the street empty, and write the place in the complement or the locality."),
            ),
        ),
        client=_ADDRESS_REFUSED,
        client_causes=(_STREET, _NO_STREET),
    ),
    "ERR_CONTACT_ADRESSE_TYPEVOIE": Error(
        _lt("The street has a name but no type."),
        _lt("Add the type of street (rue, avenue, allée…)."),
        sections=(ADDRESS,),
        causes=(
            (
                _lt("The type was typed at the beginning of the name."),
                _lt("Choose it in its own field, and keep only the rest in the name: “Rue”, then “des Lilas”."),
            ),
            (
                _lt("What was entered is no street: a hamlet, a place called."),
                _lt("Write it in the locality, and leave the name of the street empty."),
            ),
        ),
        client=_ADDRESS_REFUSED,
        client_causes=(_STREET, _NO_STREET),
    ),
    "ERR_CONTACT_ADRESSE_LIBELLEVOIE": Error(
        _lt("The street has a type but no name."),
        _lt("Add the name of the street."),
        sections=(ADDRESS,),
        causes=(
            (
                _lt("The name of the street was forgotten, or is in another field."),
                _lt("Write it beside the type, without the type: 28 characters at most."),
            ),
            (
                _lt("The place has no street: a hamlet, a building, a residence."),
                _lt("Empty the type of street, and write the place in the complement or the locality."),
            ),
        ),
        client=_ADDRESS_REFUSED,
        client_causes=(_STREET, _NO_STREET),
    ),
    "ERR_CONTACT_ADRESSE_LETTRE_VOIE": Error(
        _lt("Urssaf does not know the letter after the street number."),
        _lt("Only bis, ter, quater and quinquies are possible."),
        sections=(ADDRESS,),
        causes=(
            (
                _lt("It is the letter of a building or a staircase."),
                _lt("Write it in the complement. After the number only bis, ter, quater and quinquies are possible."),
            ),
        ),
        client=_ADDRESS_REFUSED,
    ),
    "ERR_CONTACT_ADRESSE_INFORMATION_SUPPLEMENTAIRE": Error(
        _lt("The address has no street, no complement and no locality."),
        _lt("Enter at least one of them."),
        sections=(ADDRESS,),
        causes=(
            (
                _lt("Only the number or the town was entered."),
                _lt("Add the type and the name of the street."),
            ),
            (
                _lt("The place has no street: a hamlet, a building, a residence."),
                _lt("Write the place in the complement or the locality."),
            ),
        ),
        client=_ADDRESS_REFUSED,
        client_causes=(_STREET, _NO_STREET),
    ),
    "ERR_CONTACT_ADRESSE_COMMUNE": Error(
        _lt("Urssaf does not find the town of the address."),
        _lt("Choose the town again, and check that it goes with the postal code."),
        sections=(ADDRESS,),
        causes=(
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
        client=(_lt("Urssaf does not find your town."), _lt("Choose it again in the list, and check the postal code.")),
        client_causes=(
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
    ),
    "ERR_COORDONNEES_BANCAIRES": Error(
        _lt("Urssaf refuses the BIC or the IBAN."),
        _lt("Copy both again from the client's bank statement (RIB). The account must be held in France."),
        sections=(BANK,),
        causes=(
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
        client=(
            _lt("Urssaf refuses the BIC or the IBAN."),
            _lt("Copy both again from your bank statement (RIB). The account must be held in France."),
        ),
        client_causes=(
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
    ),
    "ERR_APPEL_BACB": Error(
        _lt("The check of the bank account failed at Urssaf."),
        _lt(
            "Check the BIC and the IBAN against the client's bank statement (RIB). If they are right, register again "
            "later."
        ),
        sections=(BANK,),
        causes=(
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
        client=(
            _lt("Your bank account could not be checked."),
            _lt("Compare the BIC and the IBAN with your bank statement (RIB), then send the form again."),
        ),
        client_causes=(
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
    ),
}
