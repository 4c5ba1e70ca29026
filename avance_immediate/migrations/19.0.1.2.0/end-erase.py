from odoo import SUPERUSER_ID, api


def migrate(cr, _version):
    """Finish the erasures of former versions, which left what Urssaf and the client said, and the contents of calls.

    Only what concerns the registrations that somebody erased: those of other environments, and what people wrote, wait
    for a person, who erases again from the list.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    for registration in env["urssaf.registration"].search([("state", "=", "erased")]):
        requests = env["urssaf.payment.request"].search([("registration_id", "=", registration.id)])
        references = [registration.id_client, *requests.mapped("id_request")]
        env["urssaf.exchange"]._erase_about(registration.holder_id, (registration, requests), references)
        registration._erase_answers({})
        requests._erase_client()
