"""Registration of clients: docs/api.md §2.1, codes of §5, readings of §9."""

import re

import pytest

DROP = object()
BIRTH = "lieuNaissance"
ADDRESS = "adressePostale"
BANK = "coordonneeBancaire"

# code: (what is changed in a good registration), one line per way to get it.
REFUSALS = [
    ("ERR_DATE_NAISSANCE_FUTUR", {"dateNaissance": "2026-10-20T08:00:01Z"}),
    ("ERREUR_LIEU_NAISSANCE_OBLIGATOIRE", {BIRTH: DROP}),
    ("ERREUR_LIEU_NAISSANCE_DEPT", {f"{BIRTH}.departementNaissance": DROP}),
    ("ERREUR_LIEU_NAISSANCE_DEPT_FORMAT", {f"{BIRTH}.departementNaissance": "69"}),
    ("ERREUR_LIEU_NAISSANCE_DEPT_FORMAT", {f"{BIRTH}.departementNaissance": "169"}),
    ("ERREUR_LIEU_NAISSANCE_DEPT_FORMAT", {f"{BIRTH}.departementNaissance": "06C"}),
    ("ERR_LIEU_NAISSANCE_COMN", {f"{BIRTH}.communeNaissance": DROP}),
    ("ERR_LIEU_NAISSANCE_COMN", {f"{BIRTH}.communeNaissance.codeCommune": DROP}),
    ("ERR_LIEU_NAISSANCE_COMN", {f"{BIRTH}.communeNaissance.codeCommune": "12"}),
    ("ERR_LIEU_NAISSANCE_OBLIGATOIRE", {f"{BIRTH}.communeNaissance.libelleCommune": DROP}),
    ("ERR_LIEU_NAISSANCE_OBLIGATOIRE", {f"{BIRTH}.communeNaissance.libelleCommune": ""}),
    ("ERREUR_LIEU_NAISSANCE_INVALIDE", {f"{BIRTH}.communeNaissance.libelleCommune": "Lyon;"}),
    ("ERREUR_LIEU_NAISSANCE_PAYS", {f"{BIRTH}.codePaysNaissance": "99139"}),
    ("ERREUR_LIEU_NAISSANCE_PAYS", {BIRTH: {"codePaysNaissance": "99139", "departementNaissance": "069"}}),
    ("ERR_CONTACT", {"numeroTelephonePortable": "0405040302"}),
    ("ERR_CONTACT", {"numeroTelephonePortable": "06050403021"}),
    ("ERR_CONTACT", {"numeroTelephonePortable": "0605040302\n"}),
    ("ERR_CONTACT", {"numeroTelephonePortable": DROP}),
    ("ERR_CONTACT", {"adresseMail": "marie.durand"}),
    ("ERR_CONTACT", {"adresseMail": "marie..durand@exemple.fr"}),
    ("ERR_CONTACT", {"adresseMail": "marie@exemple"}),
    ("ERR_CONTACT", {"adresseMail": "marie@-exemple.fr"}),
    ("ERR_CONTACT", {"adresseMail": DROP}),
    ("ERR_CONTACT", {ADDRESS: DROP}),
    ("ERR_CONTACT", {f"{ADDRESS}.numeroVoie": DROP}),
    ("ERR_CONTACT_ADRESSE_TYPE_VOIE", {f"{ADDRESS}.codeTypeVoie": "ZZZ"}),
    ("ERR_CONTACT_ADRESSE_TYPEVOIE", {f"{ADDRESS}.codeTypeVoie": DROP}),
    ("ERR_CONTACT_ADRESSE_LIBELLEVOIE", {f"{ADDRESS}.libelleVoie": DROP}),
    ("ERR_CONTACT_ADRESSE_LETTRE_VOIE", {f"{ADDRESS}.lettreVoie": "Z"}),
    (
        "ERR_CONTACT_ADRESSE_INFORMATION_SUPPLEMENTAIRE",
        {f"{ADDRESS}.codeTypeVoie": "", f"{ADDRESS}.libelleVoie": ""},
    ),
    ("ERR_CONTACT_ADRESSE_COMMUNE", {f"{ADDRESS}.codeCommune": "96001"}),
    ("ERR_CONTACT_ADRESSE_COMMUNE", {f"{ADDRESS}.codeCommune": "20004"}),
    ("ERR_CONTACT_ADRESSE_COMMUNE", {f"{ADDRESS}.codeCommune": "69000"}),
    ("ERR_CONTACT_ADRESSE_COMMUNE", {f"{ADDRESS}.codeCommune": "97901"}),
    ("ERR_COORDONNEES_BANCAIRES", {f"{BANK}.iban": "FR7630006000011234567890188"}),
    ("ERR_COORDONNEES_BANCAIRES", {f"{BANK}.iban": "DE89370400440532013000"}),
    ("ERR_COORDONNEES_BANCAIRES", {f"{BANK}.iban": "FR76 3000 6000 0112 3456 7890 189"}),
    ("ERR_COORDONNEES_BANCAIRES", {f"{BANK}.bic": "BNPAFRPP1"}),
    ("ERR_COORDONNEES_BANCAIRES", {BANK: DROP}),
    ("ERR_DGFIP_R2P_INCONNU", {"nomNaissance": "Inconnu"}),
    ("ERR_DGFIP_R2P_INCONNU", {"nomNaissance": "D'Inconnu-Durand"}),
    ("ERR_DGFIP_IMPOTPART_INCONNU", {"nomNaissance": "Sansimpôt"}),
    ("ERR_ECV_PARTICULIERS_EXISTENT", {"nomNaissance": "Plusieurs"}),
    ("ERR_COMPTE_BLOQUE", {"nomNaissance": "Durand Comptebloque"}),
    ("ERR_LIEN_TIERS_PRESTATION_PARTICULIER", {"nomNaissance": "Lienimpossible"}),
    ("ERR_APPEL_BACB", {"nomNaissance": "Comptefaux"}),
    ("ERREUR_VALIDATION", {"civilite": "3"}),
    ("ERREUR_VALIDATION", {"civilite": 1}),
    ("ERREUR_VALIDATION", {"civilite": DROP}),
    ("ERREUR_VALIDATION", {"nomNaissance": "Durand123;"}),
    ("ERREUR_VALIDATION", {"nomNaissance": "-Durand"}),
    ("ERREUR_VALIDATION", {"nomNaissance": "Durand "}),
    ("ERREUR_VALIDATION", {"nomNaissance": ""}),
    ("ERREUR_VALIDATION", {"nomNaissance": "D" * 81}),
    ("ERREUR_VALIDATION", {"nomUsage": "Durand2"}),
    ("ERREUR_VALIDATION", {"prenoms": "Marie  Claire"}),
    ("ERREUR_VALIDATION", {"prenoms": "M" * 81}),
    ("ERREUR_VALIDATION", {"prenoms": DROP}),
    ("ERREUR_VALIDATION", {"dateNaissance": "1980-03-29"}),
    ("ERREUR_VALIDATION", {"dateNaissance": "1980-02-30T00:00:00Z"}),
    ("ERREUR_VALIDATION", {"dateNaissance": "1980-03-29T00:00:00+00:00"}),
    ("ERREUR_VALIDATION", {f"{BIRTH}.codePaysNaissance": "FR"}),
    ("ERREUR_VALIDATION", {f"{ADDRESS}.numeroVoie": "0"}),
    ("ERREUR_VALIDATION", {f"{ADDRESS}.numeroVoie": "12345"}),
    ("ERREUR_VALIDATION", {f"{ADDRESS}.libelleVoie": "x" * 29}),
    ("ERREUR_VALIDATION", {f"{ADDRESS}.complement": "x" * 39}),
    ("ERREUR_VALIDATION", {f"{ADDRESS}.lieuDit": "x" * 39}),
    ("ERREUR_VALIDATION", {f"{ADDRESS}.libelleCommune": DROP}),
    ("ERREUR_VALIDATION", {f"{ADDRESS}.codeCommune": "6938"}),
    ("ERREUR_VALIDATION", {f"{ADDRESS}.codePostal": "6900A"}),
    ("ERREUR_VALIDATION", {f"{ADDRESS}.codePays": None}),
    ("ERREUR_VALIDATION", {f"{BANK}.titulaire": ""}),
    ("ERREUR_VALIDATION", {"nom": "Durand"}),
]
# These need a person who is there already; each has its test below.
AGAINST_OTHERS = {"ERREUR_REFERENCE_PARTICULIER_EXISTANTE_TYPE", "ERR_LIEN_TIERS_PRESTATION_PARTICULIER_EXISTE"}


def names_of_section(root, title):
    """The codes of one table of docs/api.md §5."""
    text = (root / "docs" / "api.md").read_text(encoding="utf-8")
    table = text.split(f"**{title}**", 1)[1].split("\n**", 1)[0]
    return set(re.findall(r"^\| `(ERR\w+)`", table, re.MULTILINE))


def test_every_registration_code_can_be_had(tools):
    documented = names_of_section(tools.root, "Registration, and status of a client")
    assert len(documented) == 26
    assert {code for code, _ in REFUSALS} | AGAINST_OTHERS | {"ERR_RECHERCHE_PARTICULIER"} == documented


@pytest.mark.parametrize(("code", "changes"), REFUSALS)
def test_refused(simulator, tools, code, changes):
    changes = {path: tools.drop if value is DROP else value for path, value in changes.items()}
    assert tools.codes(simulator.register_call(**changes)) == {code}
    assert simulator.look("persons") == []


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"nomNaissance": "Éloïse d'Arc-Müller", "nomUsage": "Łukasz"},
        {"nomNaissance": "O"},
        {"prenoms": "Eric-Antoine Derc'hen Jean alain"},
        {"nomUsage": ""},
        {"dateNaissance": "1980-03-29T00:00:00Z"},
        {"numeroTelephonePortable": "+33705040302"},
        {"adresseMail": "marie+urssaf@sous-domaine.exemple.fr"},
        {BIRTH: {"codePaysNaissance": "99139"}},
        {f"{BIRTH}.departementNaissance": "02A"},
        {f"{ADDRESS}.numeroVoie": "", f"{ADDRESS}.lettreVoie": ""},
        {f"{ADDRESS}.codeTypeVoie": "CRS"},
        {f"{ADDRESS}.codeTypeVoie": "QU"},
        {f"{ADDRESS}.codeTypeVoie": DROP, f"{ADDRESS}.libelleVoie": DROP, f"{ADDRESS}.lieuDit": "Le Beyssat"},
        {f"{ADDRESS}.codeTypeVoie": DROP, f"{ADDRESS}.libelleVoie": DROP, f"{ADDRESS}.complement": "Bâtiment A"},
        {f"{ADDRESS}.codeCommune": "2A004"},
        {f"{ADDRESS}.codeCommune": "97411"},
        {f"{BANK}.bic": "BNPAFRPP"},
        {f"{BANK}.iban": "FR1420041010050500013M02606"},
    ],
)
def test_accepted(simulator, tools, changes):
    changes = {path: tools.drop if value is DROP else value for path, value in changes.items()}
    person_id = simulator.register(**changes)
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", person_id)
    assert simulator.status(idClient=person_id)["code"] == "APPAREILLAGE_EC"


def test_long_hostile_names_answer_at_once(simulator, tools):
    answer = simulator.register_call(prenoms="a" * 79 + "1")
    assert tools.codes(answer) == {"ERREUR_VALIDATION"}
    assert answer.elapsed.total_seconds() < 1


def test_all_errors_at_once_each_naming_its_field(simulator):
    answer = simulator.register_call(**{"civilite": "3", f"{BANK}.iban": "x", f"{ADDRESS}.codePostal": "1"})
    errors = {problem["code"]: problem for problem in answer.json() if problem["code"] != "ERREUR_VALIDATION"}
    assert errors["ERR_COORDONNEES_BANCAIRES"]["description"].startswith("inputParticulier.coordonneeBancaire.iban")
    named = {problem["message"] for problem in answer.json() if problem["code"] == "ERREUR_VALIDATION"}
    assert named == {
        "Erreur de validation : inputParticulier.civilite",
        "Erreur de validation : inputParticulier.adressePostale.codePostal",
    }


def test_rules_are_all_told_at_once(simulator, tools):
    answer = simulator.register_call(
        **{"dateNaissance": "2030-01-01T00:00:00Z", f"{BANK}.iban": "FR7630006000011234567890188"}
    )
    assert tools.codes(answer) == {"ERR_DATE_NAISSANCE_FUTUR", "ERR_COORDONNEES_BANCAIRES"}


def test_errors_hold_no_personal_value(simulator):
    answer = simulator.register_call(**{f"{BANK}.iban": "FR7630006000011234567890188", "dateNaissance": "hier"})
    assert "12345678901" not in answer.text and "hier" not in answer.text


def test_linked_already(simulator, tools):
    simulator.register()
    again = simulator.register_call(nomNaissance="DURAND", prenoms="marie claire", adresseMail="autre@exemple.fr")
    assert tools.codes(again) == {"ERR_LIEN_TIERS_PRESTATION_PARTICULIER_EXISTE"}


def test_contact_of_someone_else(simulator, tools):
    simulator.register()
    other = {"nomNaissance": "Martin"}
    assert tools.codes(simulator.register_call(**other)) == {"ERREUR_REFERENCE_PARTICULIER_EXISTANTE_TYPE"}
    same_phone = simulator.register_call(**other, numeroTelephonePortable="+33605040302")
    assert tools.codes(same_phone) == {"ERREUR_REFERENCE_PARTICULIER_EXISTANTE_TYPE"}
    # One of the two in common is no offence.
    simulator.register(**other, adresseMail="martin@exemple.fr")


def test_known_to_another_provider(simulator, tools):
    first = simulator.client()
    other = simulator.other()
    assert tools.codes(other.register_call(adresseMail="nouvelle@exemple.fr")) == {"ERR_CONTACT"}
    assert tools.codes(other.register_call(numeroTelephonePortable="0705040302")) == {"ERR_CONTACT"}
    assert other.register() == first
    kinds = {person["client_id"]: person["kind"] for person in simulator.look("persons")}
    assert kinds == {"simulator-client": "activation", "other-client": "association"}
    assert other.status(idClient=first)["code"] == "APPAREILLAGE_EC"
    # An association request does not die.
    simulator.advance(24 * 30)
    other.step_person(first, "activate", client_id="other-client")
    assert other.status(idClient=first)["etat"] == "OK"


def test_identity_known_elsewhere(simulator):
    simulator.register(nomNaissance="Dejaconnu")
    assert [person["kind"] for person in simulator.look("persons")] == ["association"]


def test_blocked_account_cannot_be_registered_elsewhere(simulator, tools):
    person_id = simulator.client()
    simulator.step_person(person_id, "block")
    assert tools.codes(simulator.other().register_call()) == {"ERR_COMPTE_BLOQUE"}


def test_refusal_ordered_in_advance(simulator, tools):
    simulator.steer("registrations/next", {"codes": ["ERR_ECV_PARTICULIERS_EXISTENT", "ERR_NOUVEAU"]})
    assert tools.codes(simulator.register_call()) == {"ERR_ECV_PARTICULIERS_EXISTENT", "ERR_NOUVEAU"}
    simulator.register()


def test_unknown_fields_are_ignored_on_option(simulator):
    simulator.steer("options", {"unknown_fields": "ignore"})
    simulator.register(nom="Durand", score=1.5)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"text"', b"\xff", b'{"x": NaN}'])
def test_not_a_registration(simulator, tools, body):
    answer = simulator.call("POST", "/particulier", data=body, headers={"Content-Type": "application/json"})
    assert tools.codes(answer) >= {"ERREUR_VALIDATION"}


@pytest.mark.parametrize("path", ["/particulier", "/demandePaiement", "/demandePaiement/rechercher"])
def test_wrong_content_type(simulator, path):
    answer = simulator.call("POST", path, data="{}", headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.content) == (415, b"")
