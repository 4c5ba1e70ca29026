"""The Flask application: Urssaf's addresses, the steering paths and the page."""

from flask import Flask, request

from . import oauth, page, steering
from .doors import guard
from .gateway import serve, with_json, with_token
from .payment_requests import send
from .persons import register, status
from .search import search
from .world import World

API = "/atp/v1/tiersPrestations"
TOKEN = "/api/oauth/v1/token"
MAX_BODY = 2 * 1024 * 1024


def create_app(world: World, allowed_hosts=()):
    """Return the Flask application that serves `world`.

    :param allowed_hosts: names and addresses under which it may be called, beside those of the machine itself
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    guard(app, allowed_hosts)

    @app.post(TOKEN)
    def token_route():
        return serve(world, "token", lambda: oauth.issue(world, request))

    @app.post(f"{API}/particulier")
    def register_route():
        return serve(world, "register", with_json(world, lambda *call: register(world, *call)))

    @app.get(f"{API}/particulier")
    def status_route():
        person_id, mail = request.args.get("idClient"), request.args.get("adresseMail")
        return serve(world, "status", with_token(world, lambda provider: status(world, provider, person_id, mail)))

    @app.post(f"{API}/demandePaiement")
    def send_route():
        return serve(world, "send", with_json(world, lambda *call: send(world, *call)))

    @app.post(f"{API}/demandePaiement/rechercher")
    def search_route():
        return serve(world, "search", with_json(world, lambda *call: search(world, *call)))

    app.register_blueprint(steering.blueprint(world))
    app.register_blueprint(page.blueprint(world))
    return app
