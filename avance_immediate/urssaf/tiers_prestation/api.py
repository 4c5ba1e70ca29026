"""The API *Tiers de prestation* and its four operations (docs/api.md §1, §2)."""

from ..http.api import Api, Operation
from .properties import PROPERTIES
from .vocabulary import VOCABULARY

TIERS_PRESTATION = Api(
    name="tiers_prestation",
    path="/atp/v1/tiersPrestations",
    scope="homeplus.tiersprestations",
    vocabulary=VOCABULARY,
    properties=PROPERTIES,
    item_keys=frozenset({"idDemandePaiement"}),
)

REGISTER = Operation("register", "POST", "/particulier")
STATUS = Operation("status", "GET", "/particulier")
SEND = Operation("send", "POST", "/demandePaiement")
SEARCH = Operation("search", "POST", "/demandePaiement/rechercher")
