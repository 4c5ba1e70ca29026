from odoo import api, models

#: Nodes of ours in the views of others, by the beginning of their name: others' own fields may have the word in theirs.
OURS = "//*[{}]".format(
    " or ".join(f"starts-with(@name, '{name}')" for name in ("urssaf", "action_urssaf", "group_urssaf"))
    + " or starts-with(@id, 'urssaf')"
)


class UrssafOfferMixin(models.AbstractModel):
    """Forms, lists and searches of others' models, without what is ours where no company in use can use it."""

    _name = "urssaf.offer.mixin"
    _description = "Shown where the avance immédiate is offered"

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        # EXTENDS base
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self.env.companies._urssaf_is_offered())

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        # EXTENDS base
        arch, view = super()._get_view(view_id, view_type, **options)
        if not self.env.companies._urssaf_is_offered():
            for node in arch.xpath(OURS):
                if node.getparent() is not None:
                    node.getparent().remove(node)
        return arch, view


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "urssaf.offer.mixin"]


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "urssaf.offer.mixin"]


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "urssaf.offer.mixin"]


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "urssaf.offer.mixin"]
