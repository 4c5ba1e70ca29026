"""The words that may be kept of a text which Urssaf, its gateway or its token server wrote, whichever the API.

Everything else is masked, known or not: a name, a street, an illness are no word of this list. It leaves out words that
are often names (*petit*, *juste*, *rose*), months, and whatever a client may say about themselves. Without accents.
"""

_FRENCH = """
    a acces accepte accepter activite actuellement adresse adresses afin ajout alphabetique alphanumerique annee apres
    api appel appelez application apportees assistance attendu attendue attente au aucun aucune autorisation autorise
    autorisee autre autres aux avant avec avez avoir bien bloque bloquee caractere caracteres ce cas cela celui cet
    cette champ champs chargement chiffre chiffres cle code codes commence complet comporte comporter compris compter
    confirmation confirme connexion connu connue contenir contient contre controle correct correcte correction
    corrections corriger correspond correspondre cours cree creation critere criteres dans date dates de debut deja
    delai demandee depasse depuis dernier derniere des desole deux devrait different differente dirigee disponible
    dispositif doit doivent donc donne donnees dont du duree echange echanges echec echoue effectue effectuee effectuer
    egal egale element elements elle email en encore enregistre enregistree enregistrement entre entree envoi envoye
    envoyee erreur erreurs errone erronee espace est et etaient etait etat etre excede existante existant existe
    existent expiration expire expiree explicite faire fait faux fin flux fonction fonctionnelle format formulaire
    fourni fournie fournir francais francaise futur general generale hash hors id identifiant identifiants
    identification il ils incoherent incoherente incomplet incomplete inconnu inconnue incorrect incorrecte indication
    indique indisponible inexistant inferieur inferieure information informations initiale insuffisant integre interdit
    interne invalide invalides jeton jour jours json la lancee le les lettre lettres leur lieu ligne lignes limite
    liste longueur lors lui maintenance majuscule manquant manquante manque mauvais maximal maximale maximum message
    meme mettre minimal minimale minimum minuscule mis mise mode modification modifie moins mois mot mots ne necessaire
    negatif negative nombre nombres non notifie nouveau nouvel nouvelle nul nulle numerique numero numeros obligatoire
    obligatoires operation ou pages page par parametre parametres partie pas passe passee pays pendant perimee periode
    perdu peut peuvent plus plusieurs pose positif positive possible pour precedente precision prefixe presence present
    presente prevu prise production profil qu que quel qui raison recherche recu refus refuse refusee rejet rejete
    rejetee renouvele renouveler renseigne renseignee renseigner reponse requete requis requise respecte respecter
    reste resultat resultats reveler sa saisi saisie saisir sans secret sera service services ses seule seulement si
    site soit son sont sous specifique statut statuts structure suivant suivante suivre superieur superieure sur
    syntaxe systeme tache technique techniques tel temporaire temporairement termine tot toute toutes tous tout trait
    traite traitement transmise transmission transmettre transmis trop trouve trouvee type un une unique unite urssaf
    utilisateur utilise utilisee valeur valeurs valide validee validation valides valider verifie verifier version vers
    veuillez vide votre vous zone ok ko y l d n s c j
"""
_ENGLISH = """
    access account allowed an and answer api applied are argument at authentication authorization authorized available
    bad be been body busy by call cannot client connect connection content could credential credentials date denied
    description detail details does error errors expected expired failed failure field fields for forbidden found from
    gateway given grant has have header host html http https in inactive input internal invalid is it json key later
    length limit load locked longer malformed many maximum message method minimum missing moved must nginx no not null
    object occurred of on only or out over page parameter parameters parse parsing path permanently permission please
    policy proxy quota rate reached reason reference rejected request requested required resource response scope server
    service size status string supported such support syntax system temporarily the this throttled time timed timeout
    title to token tomcat too try type unable unauthorized unavailable unexpected unknown unsupported upstream url user
    value was were while with within wrong xml you your
"""

WORDS = frozenset(f"{_FRENCH} {_ENGLISH}".split())
#: A short number stays where one of these follows it: a length, a count, a rate.
UNITS = frozenset("caractere caracteres chiffre chiffres characters lettres digits elements lignes".split())
