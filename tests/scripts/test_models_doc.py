"""The picture of the models in `docs/models.md` is of these models."""

import ast
import re
from collections import defaultdict

import pytest

from scripts import paths

PAGE = (paths.CHECKOUT / "docs" / "models.md").read_text(encoding="utf-8")
LINKS = re.findall(r'^    "([\w.]+)" \S+ "([\w.]+)" : (\w+)$', PAGE, flags=re.MULTILINE)
#: `class name["model: what it is"]`, and `parent <|-- child`.
CLASSES = dict(re.findall(r'^    class (\w+)\["([\w.]+)', PAGE, flags=re.MULTILINE))
PARENTS = re.findall(r"^    (\w+) <\|-- (\w+)$", PAGE, flags=re.MULTILINE)


def literals(node):
    return [child.value for child in ast.walk(node) if isinstance(child, ast.Constant) and isinstance(child.value, str)]


class Models:
    """What the code says: each model's kind and parents, and where its Many2one fields lead."""

    def __init__(self):
        self.kinds, self.parents, self.links = {}, defaultdict(set), defaultdict(dict)
        for folder in ("models", "wizards"):
            for file in sorted((paths.CHECKOUT / paths.ADDON / folder).rglob("*.py")):
                for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                    if isinstance(node, ast.ClassDef):
                        self.read(node)

    def read(self, node):
        values = {
            statement.targets[0].id: statement.value
            for statement in node.body
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
        }
        inherited = literals(values["_inherit"]) if "_inherit" in values else []
        names = literals(values["_name"]) if "_name" in values else inherited[:1]
        if not names:
            return
        if "_name" in values and names[0] not in inherited:
            self.kinds[names[0]] = node.bases[0].attr
        self.parents[names[0]].update(inherited)
        for name, value in values.items():
            if isinstance(value, ast.Call) and getattr(value.func, "attr", "") == "Many2one" and value.args:
                self.links[names[0]][name] = value.args[0].value

    def ancestors(self, model):
        """Give the model and what it inherits from, all the way up."""
        found, wanted = [], [model]
        while wanted:
            current = wanted.pop()
            if current not in found:
                found.append(current)
                wanted += self.parents[current]
        return found

    def target(self, model, field):
        return next((self.links[each][field] for each in self.ancestors(model) if field in self.links[each]), None)


@pytest.fixture(scope="module")
def models():
    return Models()


def test_each_line_is_a_field(models):
    assert LINKS
    # A related field says elsewhere where it leads.
    assert {(one, many, field) for one, many, field in LINKS if models.target(many, field) != one} == set()


def test_each_model_is_named(models):
    assert set(models.kinds) == {name for name in models.kinds if f"`{name}`" in PAGE or name in CLASSES.values()}
    drawn = {name for one, many, _field in LINKS for name in (one, many)}
    stored = {name for name, kind in models.kinds.items() if kind == "Model"}
    assert stored - drawn == {"urssaf.commune", "urssaf.recovery.rule"}


def test_nothing_is_named_that_is_not(models):
    named = set(re.findall(r"`(urssaf\.[a-z.]+[a-z])`", PAGE)) | {name for link in LINKS for name in link[:2]}
    assert {name for name in named if name.startswith("urssaf.")} <= set(models.kinds)


def test_what_is_shared(models):
    assert PARENTS
    for parent, child in PARENTS:
        assert CLASSES[parent] in models.parents[CLASSES[child]]
