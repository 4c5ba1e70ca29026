"""No two classes of an addon define the same thing of one model."""

import ast

import pytest

from scripts import lint_models, paths

BASE = """
from odoo import fields, models


class Thing(models.Model):
    _name = "thing"
    _inherit = ["mail.thread"]
    _order = "id"

    name = fields.Char()
    _positive = models.Constraint("CHECK(size > 0)")

    def create(self, vals_list):
        return super().create(vals_list)
"""
EXTENSION = """
from odoo import fields, models


class Thing(models.Model):
    _inherit = "thing"

    {}
"""


@pytest.fixture
def addon(tmp_path):
    def write(*extensions):
        for folder in lint_models.FOLDERS:
            (tmp_path / "addon" / folder).mkdir(parents=True)
        (tmp_path / "addon" / "models" / "thing.py").write_text(BASE)
        for number, text in enumerate(extensions):
            (tmp_path / "addon" / "wizards" / f"more_{number}.py").write_text(EXTENSION.format(text))
        return tmp_path / "addon"

    return write


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("def create(self, vals_list): ...", "create"),
        ('name = fields.Char(string="Called")', "name"),
        ('_positive = models.Constraint("CHECK(size > 1)")', "_positive"),
        ('_order = "name"', "_order"),
        ("name: object = fields.Char()", "name"),
    ],
)
def test_the_same_twice(addon, capsys, text, name):
    folder = addon(text)
    assert [*lint_models.clashes(folder)] == [("thing", name)]
    assert not lint_models.check([folder])
    assert "wizards/more_0.py" in capsys.readouterr().out


def test_in_two_extensions(addon):
    assert [*lint_models.clashes(addon("size = fields.Integer()", "size = fields.Integer()"))] == [("thing", "size")]


def test_different_things(addon):
    folder = addon("def write(self, vals): ...", "size = fields.Integer()")
    assert not lint_models.clashes(folder)
    assert lint_models.check([folder])


@pytest.mark.parametrize(
    ("header", "model"),
    [
        ('_inherit = "thing"', "thing"),
        ('_inherit = ["thing"]', "thing"),
        ('_name = "other"\n    _inherit = ["thing", "mail.thread"]', "other"),
        ("size = 3", ""),
    ],
)
def test_model_of_a_class(header, model):
    (node,) = ast.parse(f"class A:\n    {header}\n").body
    assert lint_models.model_of(node) == model


@pytest.mark.parametrize("header", ["_inherit = THING", '_inherit = ["thing", "mail.thread"]'])
def test_model_that_cannot_be_read(header):
    (node,) = ast.parse(f"class A:\n    {header}\n").body
    with pytest.raises(ValueError, match="cannot be read"):
        lint_models.model_of(node)


def test_our_own():
    addons = paths.addons()
    assert len(addons) > 5
    assert not {key: places for addon in addons for key, places in lint_models.clashes(addon).items()}
