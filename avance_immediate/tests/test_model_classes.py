from collections import defaultdict

from odoo.orm.model_classes import is_model_class
from odoo.tests import TransactionCase, tagged

OURS = "odoo.addons.avance_immediate."
#: What Odoo notes of each class, or reads of it.
OF_EACH_CLASS = {"_name", "_inherit", "_inherits", "_module", "_register", "_field_definitions"}
OF_EACH_CLASS |= {"_table_object_definitions", "_model_classes"}


@tagged("post_install", "-at_install")
class TestModelClasses(TransactionCase):
    """What a model does is not the order in which our files are imported."""

    def classes(self, model):
        """Return the classes of ours that make up a model, without those of the mixins that it inherits from."""
        own = [cls for cls in self.registry[model]._base_classes__ if not is_model_class(cls)]
        return [cls for cls in own if cls.__module__.startswith(OURS)]

    def names(self, cls):
        return {name for name in vars(cls) if not name.startswith("__")} - OF_EACH_CLASS

    def test_each_thing_has_one_place(self):
        counts = {}
        for model in self.registry:
            places = defaultdict(list)
            for cls in self.classes(model):
                for name in self.names(cls):
                    places[name].append(cls.__module__)
            counts[model] = len(places)
            with self.subTest(model=model):
                self.assertFalse({name: found for name, found in places.items() if len(found) > 1})
        self.assertGreater(counts["urssaf.registration"], 200)

    def test_any_order_gives_the_same(self):
        """Imported in the order of the alphabet, and in the reverse of it, each name leads to the same definition."""
        for model in self.registry:
            classes = sorted(self.classes(model), key=lambda cls: cls.__module__)
            owners = [
                {name: cls for cls in order for name in self.names(cls)} for order in (classes, [*reversed(classes)])
            ]
            with self.subTest(model=model):
                self.assertEqual(*owners)
