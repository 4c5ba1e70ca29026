from odoo.modules.module import load_script
from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path

FOLDER = "avance_immediate/migrations/19.0.1.1.0"


@tagged("post_install", "-at_install")
class TestBirthCountryMigration(TransactionCase):
    """Clients kept with a country of Odoo are born in the same one after the update, not in that of the same id."""

    def migrate(self, step):
        load_script(file_path(f"{FOLDER}/{step}-migration.py"), f"migration_{step}").migrate(self.cr, "19.0.1.0.0")

    def become_old(self, partner, country):
        """Bring the column to what it was: ids of ``res.country``."""
        self.env.flush_all()
        self.cr.execute("ALTER TABLE res_partner DROP CONSTRAINT res_partner_urssaf_birth_country_id_fkey")
        self.cr.execute("UPDATE res_partner SET urssaf_birth_country_id = NULL")
        self.cr.execute(
            "UPDATE res_partner SET urssaf_birth_country_id = %s WHERE id = %s", [country.id or None, partner.id]
        )
        self.cr.execute(
            """
            ALTER TABLE res_partner ADD CONSTRAINT res_partner_urssaf_birth_country_id_fkey
            FOREIGN KEY (urssaf_birth_country_id) REFERENCES res_country (id) ON DELETE SET NULL
            """
        )

    def updated(self, partner):
        self.migrate("pre")
        # As the update of the addon does between the two.
        self.cr.execute("ALTER TABLE res_partner ADD COLUMN IF NOT EXISTS urssaf_birth_country_id integer")
        self.migrate("post")
        self.env.invalidate_all()
        return partner.urssaf_birth_country_id

    def test_kept(self):
        for code in ("fr", "pt", "re"):
            with self.subTest(code=code):
                country = self.env.ref(f"base.{code}")
                partner = self.env["res.partner"].create({"name": "Client"})
                with self.cr.savepoint() as savepoint:
                    self.become_old(partner, country)
                    self.assertEqual(self.updated(partner).country_id, country)
                    savepoint.rollback()

    def test_done_already(self):
        portugal = self.env["urssaf.birth.country"]._of(self.env.ref("base.pt"))
        partner = self.env["res.partner"].create({"name": "Client", "urssaf_birth_country_id": portugal.id})
        self.env.flush_all()
        self.assertEqual(self.updated(partner), portugal)
