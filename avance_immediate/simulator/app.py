"""The application: Urssaf's addresses and the steering paths, for whoever hands in the world that they serve."""

from . import oauth, steering
from .gateway import serve, with_json, with_token
from .payment_requests import send
from .persons import register, status
from .search import search
from .web import Application, Route

API = "/atp/v1/tiersPrestations"
TOKEN = "/api/oauth/v1/token"


def create_app(world, routes=()):
    """Return the WSGI application that serves `world`.

    Anybody may call it: who is let in is the business of where it is mounted (`doors.guard` where that is a port).

    :param world: the simulator's `World`
    :param routes: further ones, as those of the page
    """
    return Application([*_api_routes(world), *steering.routes(world), *routes])


def _api_routes(world):
    def token_route(request):
        return serve(world, request, "token", lambda: oauth.issue(world, request))

    def register_route(request):
        return serve(world, request, "register", with_json(world, request, lambda *call: register(world, *call)))

    def status_route(request):
        person_id, mail = request.args.get("idClient"), request.args.get("adresseMail")
        handler = with_token(world, request, lambda provider: status(world, provider, person_id, mail))
        return serve(world, request, "status", handler)

    def send_route(request):
        return serve(world, request, "send", with_json(world, request, lambda *call: send(world, *call)))

    def search_route(request):
        return serve(world, request, "search", with_json(world, request, lambda *call: search(world, *call)))

    return [
        Route("POST", TOKEN, token_route),
        Route("POST", f"{API}/particulier", register_route),
        Route("GET", f"{API}/particulier", status_route),
        Route("POST", f"{API}/demandePaiement", send_route),
        Route("POST", f"{API}/demandePaiement/rechercher", search_route),
    ]
