"""Ours fit beside what Odoo pins here and there: in the requirements, in the wheels, in the manifests."""

import ast
import os
import zipfile
from importlib import metadata

import pytest
from manifestoo_core.metadata import metadata_from_addon_dir
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from whool import buildapi
from whool.utils import load_pyproject_toml

from scripts import bare, paths, pin_sets, pythons

SETS = pin_sets.read()
CELLS = [pytest.param(pins, python, id=f"{pins.name}-{python}") for pins in SETS for python in pins.pythons]
ADDONS = sorted(manifest.parent for manifest in paths.CHECKOUT.glob("avance_immediate*/__manifest__.py"))


def requires(addon):
    """The `Requires-Dist` of the wheel of an addon."""
    options = load_pyproject_toml(addon)["tool"]["whool"] if addon.name == paths.ADDON else {}
    return metadata_from_addon_dir(addon, options).get_all("Requires-Dist")


@pytest.mark.parametrize(("pins", "python"), CELLS)
def test_what_we_develop_with_fits_beside_the_pins(pins, python):
    lines = pins.ours()
    needs = {canonicalize_name(line.name): metadata.requires(line.name) or [] for line in lines}
    assert pin_sets.conflicts(pins.pins(python), lines, needs, python) == []


def test_what_we_develop_with_is_what_we_ask_for():
    wanted = {canonicalize_name(line.name): line.specifier for line in pin_sets.requirements(pin_sets.OURS)}
    tested = pin_sets.requirements(paths.CHECKOUT / "requirements-dev.txt")
    for line in tested:
        if canonicalize_name(line.name) in wanted:
            [version] = [part.version for part in line.specifier]
            assert wanted[canonicalize_name(line.name)].contains(version), line


@pytest.mark.parametrize("cryptography", ["3.4.8", "38.0.4", "41.0.7", "42.0.8"])
def test_an_authlib_that_would_replace_cryptography_is_seen(cryptography):
    needs = {"authlib": ["cryptography>=45.0.1", "joserfc>=1.6.8"]}
    pins = {"cryptography": cryptography}
    found = pin_sets.conflicts(pins, [Requirement("Authlib")], needs, "3.12")
    assert found == [f"Authlib asks for cryptography>=45.0.1, and {cryptography} is there"]
    assert pin_sets.conflicts({"cryptography": "45.0.1"}, [Requirement("Authlib")], needs, "3.12") == []


def test_a_floor_above_a_pin_is_seen():
    found = pin_sets.conflicts({"requests": "2.25.1"}, [Requirement("requests>=2.31")], {}, "3.10")
    assert found == ["requirements.txt asks for requests>=2.31, and 2.25.1 is there"]


def test_what_a_requirement_asks_for_elsewhere_does_not_count():
    needs = {"a": ["b>=2; python_version < '3.11'", "b>=3; extra == 'more'"]}
    assert pin_sets.conflicts({"b": "1"}, [Requirement("a")], needs, "3.12") == []
    assert pin_sets.conflicts({"b": "1"}, [Requirement("a")], needs, "3.10") != []


@pytest.mark.parametrize("pins", SETS, ids=lambda pins: pins.name)
def test_each_line_of_a_set_says_where_it_comes_from(pins):
    assert pin_sets.sourceless(pins.file) == []
    assert pins.title and pins.keys["source"]
    assert set(pins.pythons) <= set(pythons.VERSIONS)


def test_line_without_a_source_is_seen(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("# title: a\nrequests==2.31.0  # Odoo\nurllib3==2.0.7\nidna==3.6 #\n")
    assert pin_sets.sourceless(file) == ["urllib3==2.0.7", "idna==3.6 #"]


def test_the_sets_hold_what_odoo_dies_of_and_both_kinds_of_urllib3():
    cells = [pins.pins(python) for pins in SETS for python in pins.pythons]
    pairs = {(cell.get("cryptography"), cell.get("pyopenssl")) for cell in cells}
    assert pairs >= {("3.4.8", "21.0.0"), ("38.0.4", "23.0.0"), ("41.0.7", "23.2.0")}
    assert {cell["urllib3"].split(".")[0] for cell in cells if "urllib3" in cell} == {"1", "2"}
    assert {python for pins in SETS for python in pins.pythons} == set(pythons.VERSIONS)
    assert any("authlib" in pins.kept for pins in SETS)


def test_wheel_asks_for_the_authlib_of_the_requirements():
    [wanted] = [line for line in pin_sets.requirements(pin_sets.OURS) if line.name == "Authlib"]
    [asked] = [line for line in map(Requirement, requires(paths.CHECKOUT / paths.ADDON)) if line.name == "Authlib"]
    assert asked.specifier == wanted.specifier
    assert not asked.specifier.contains("1.7.0")


def test_manifest_does_not_refuse_a_later_authlib():
    manifest = ast.literal_eval((paths.CHECKOUT / paths.ADDON / "__manifest__.py").read_text(encoding="utf-8"))
    assert "authlib" in manifest["external_dependencies"]["python"]


@pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)
def test_each_addon_makes_a_wheel(addon):
    assert load_pyproject_toml(addon)["build-system"]["build-backend"] == "whool.buildapi"
    if addon.name != paths.ADDON:
        assert f"odoo-addon-{paths.ADDON}==19.0.*" in requires(addon)


def test_simulator_comes_with_the_wheel(tmp_path, monkeypatch):
    monkeypatch.chdir(paths.CHECKOUT / paths.ADDON)
    wheel = tmp_path / buildapi.build_wheel(str(tmp_path))
    folder = f"odoo/addons/{paths.ADDON}/simulator"
    with zipfile.ZipFile(wheel) as content:
        assert {f"{folder}/__main__.py", f"{folder}/contract.json"} <= set(content.namelist())


def test_each_way_of_the_readme_installs_the_addon():
    blocks = bare.commands((paths.CHECKOUT / "README.md").read_text(encoding="utf-8"))
    assert len(blocks) == 2
    for block in blocks:
        assert "pip install" in block
        assert f"-d {bare.DATABASE} -i {paths.ADDON} --stop-after-init" in block


def test_python_that_does_not_run_is_passed_over(tmp_path, monkeypatch):
    broken = tmp_path / "python3.99"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    assert pythons.find("3.99") is None
    good = tmp_path / "pyenv" / "versions" / "3.99.1" / "bin" / "python3.99"
    good.parent.mkdir(parents=True)
    good.write_text("#!/bin/sh\necho 3.99\n")
    good.chmod(0o755)
    assert pythons.find("3.99") == good


def test_python_that_does_not_answer_is_passed_over(tmp_path, monkeypatch):
    silent = tmp_path / "python3.99"
    os.mkfifo(tmp_path / "fifo")
    silent.write_text(f"#!/bin/sh\nread answer < {tmp_path / 'fifo'}\n")
    silent.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setattr(pythons, "PROBE_SECONDS", 0.1)
    assert pythons.find("3.99") is None


@pytest.mark.parametrize("python", pythons.VERSIONS)
def test_each_tool_has_one_version_on_each_python(python):
    """A package of which Python 3.10 is too old for the newest one has two lines, with their Pythons."""
    lines = pin_sets.requirements(paths.CHECKOUT / "requirements-dev.txt")
    held = [line.name for line in lines if not line.marker or line.marker.evaluate({"python_version": python})]
    assert sorted(held) == sorted({line.name for line in lines})
