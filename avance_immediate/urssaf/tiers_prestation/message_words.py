"""The words that may be kept of a text which Urssaf, its gateway or its token server wrote.

Everything else is masked, known or not: a name, a street, an illness are no word of this list. It leaves out words that
are often names (*petit*, *juste*, *rose*), months, and whatever a client may say about themselves. Without accents.
"""

_FRENCH = """
    a acces accepte accepter acompte acomptes actif active activation activer activite actuellement adresse adresses
    afin aide aides ajout alphabetique alphanumerique annee annulation annule annulee annuler apres api appareillage
    appareille appel appelez application apportees assistance association associe associee attendu attendue attente au
    aucun aucune autorisation autorise autorisee autre autres aux avance avant avec avez avoir bancaire bancaires banque
    base bic bien bloque bloquee calcul calculees caractere caracteres ce cas cela celui cet cette champ champs
    chargement chiffre chiffres civil civile civilite cle client clients cloture cloturee code codes commence commune
    complement complet comporte comporter compte comptes compris compter confirmation confirme connexion connu connue
    consentement contact contenir contient contrat contre controle coordonnee coordonnees correct correcte correction
    corrections corriger correspond correspondre cours cree creation critere criteres dans date dates de debit
    debut declarant declaration deja delai demande demandee demandes departement depasse depuis dernier derniere des
    desole deux devrait different differente dirigee disponible dispositif doit doivent donc donne donnees dont doublon
    droit du dupliquee duree echange echanges echeance echec echoue echu echue effectue effectuee effectuer egal egale
    element elements elle email emploi en encore enregistre enregistree enregistrement entre entree envoi envoye envoyee
    erreur erreurs errone erronee espace est et etaient etait etat etre euro euros excede existante existant existe
    existent expiration expire expiree explicite facturation facture factures faire fait faux fin financiere fiscal
    fiscale fiscaux flux fonction fonctionnelle format formulaire fourni fournie fournir francais francaise futur
    garantie general generale gestion habilitation habilite hash heure heures hors ht iban id identifiant identifiants
    identification identifie identite il ils impaye impayee impossible impot impots incoherent incoherente incomplet
    incomplete inconnu inconnue incorrect incorrecte indication indique indisponible inexistant inferieur inferieure
    information informations initiale inscription inscrit inscrite insuffisant integre integree interdit interne
    intervenant invalide invalides jeton jour jours json la lancee le les lettre lettres leur libelle lien lieu ligne
    lignes limite liste longueur lors lui maintenance majuscule mandat mandats manquant manquante manque mauvais maximal
    maximale maximum message meme mettre minimal minimale minimum minuscule mis mise mobile mode modification modifie
    moins mois montant montants mot mots naissance nature ne necessaire negatif negative nom nombre nombres non notifie
    nouveau nouvel nouvelle nul nulle numerique numero numeros obligatoire obligatoires operation origine ou pages
    page paiement paiements par parametre parametres particulier particuliers partie pas passe passee payee pays pendant
    perimee periode perdu personne personnes peut peuvent plus plusieurs portable pose positif positive possible postal
    postale pour pourcentage precedente precision prefixe prelevee prelevement prenom prenoms presence present presente
    prestataire prestataires prestation prestations prevu prise procedure production profil qu quantite que quel qui
    raison recherche recouvree recouvrement recu refus refuse refusee regle regles regularisation rejet rejete rejetee
    remboursement renouvele renouveler renseigne renseignee renseigner reponse requete requis requise respecte
    respecter reste resultat resultats reveler sa saisi saisie saisir sans sap sa secret sepa sera service services ses
    seule seulement si siret siren site situation social societe soit solde somme son sont sous specifique statut
    statuts structure suivant suivante suivre superieur superieure supprimee sur syntaxe systeme tache tard tarif taux
    technique techniques tel telephone temporaire temporairement termine tiers titulaire tot total totale toute toutes
    tous tout trait traite traitement transmise transmission transmettre transmis trop trouve trouvee ttc tva type
    un une unique unitaire unite urssaf utilisateur utilise utilisee valeur valeurs valide validee validation valides
    valider verifie verifier version vers veuillez virement virements vide voie votre vous zone
    ok ko y l d n s c j qu
"""
_SERVICES = """
    accompagnement administrative activites animaux autonomie bricolage coiffure collecte codage conduite cuisine
    domicile enfant enfants entretien esthetique forfait garde gardiennage informatique interpretariat jardinage linge
    livraison maison materiel menage personnel plateforme preparation promenades repas repassage scolaire soins sorties
    soutien surveillance teleassistance travaux vehicule
"""
_ENGLISH = """
    access account allowed an and answer api applied are argument at authentication authorization authorized available
    bad be been body busy by call cannot client connect connection content could credential credentials date denied
    description detail details does error errors expected expired failed failure field fields for forbidden found
    from gateway given grant has have header host html http https in inactive input internal invalid is it json key
    later length limit load locked longer malformed many maximum message method minimum missing moved must
    nginx no not null object occurred of on only or out over page parameter parameters parse parsing path permanently
    permission please policy proxy quota rate reached reason reference rejected request requested required resource
    response scope server service size status string supported such support syntax system temporarily the this throttled
    time timed timeout title to token tomcat too try type unable unauthorized unavailable unexpected unknown unsupported
    upstream url user value was were while with within wrong xml you your
"""

WORDS = frozenset(f"{_FRENCH} {_SERVICES} {_ENGLISH}".split())
#: A short number stays where one of these follows it: a length, a count, a rate.
UNITS = frozenset("caractere caracteres chiffre chiffres characters lettres digits elements demandes lignes".split())
