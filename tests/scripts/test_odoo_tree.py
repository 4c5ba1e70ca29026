"""Where Odoo comes from, and whether it is the package that was tested."""

import hashlib

import pytest

from scripts import odoo_tree
from scripts.console import SetupError


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("sources.list", "deb http://mirror.example/debian bookworm main\n", "http://mirror.example/debian"),
        ("sources.list", "deb [arch=amd64] https://m.example/debian/ bookworm main\n", "https://m.example/debian"),
        ("sources.list.d/a.sources", "Types: deb\nURIs: http://m.example/debian\n", "http://m.example/debian"),
    ],
)
def test_mirror_is_the_machines_own(tmp_path, file, text, expected):
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / file).write_text(text)
    assert odoo_tree._mirror(tmp_path) == expected


@pytest.mark.parametrize(
    ("file", "text"),
    [
        # Neither the security archive nor a source that is switched off, nor another distribution, has sid.
        ("sources.list", "deb http://m.example/debian-security bookworm main\n"),
        ("sources.list", "# deb http://m.example/debian bookworm main\n"),
        ("sources.list", "deb http://m.example/ubuntu noble main\n"),
        ("sources.list.d/a.list.disabled", "deb http://m.example/debian sid main\n"),
    ],
)
def test_machine_without_a_mirror_is_told_what_to_do(tmp_path, file, text):
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / file).write_text(text)
    with pytest.raises(SetupError, match="ODOO_HOME"):
        odoo_tree._mirror(tmp_path)


@pytest.fixture
def package(tmp_path, monkeypatch):
    file = tmp_path / f"odoo-19_{odoo_tree.VERSION}_all.deb"
    file.write_bytes(b"tested")
    monkeypatch.setattr(odoo_tree, "SHA256", hashlib.sha256(b"tested").hexdigest())
    return file


def test_tested_package_is_taken_in_silence(package, capsys):
    assert odoo_tree._check(package) == {"version": odoo_tree.VERSION, "sha256": odoo_tree.SHA256}
    assert capsys.readouterr().err == ""


def test_tested_version_with_another_content_is_refused(package):
    package.write_bytes(b"tampered with")
    with pytest.raises(SetupError, match="is not the package that was tested"):
        odoo_tree._check(package)


def test_later_version_is_taken_with_a_warning(package, capsys):
    later = package.rename(package.with_name("odoo-19_1%3a19.0.1+dfsg-1_all.deb"))
    assert odoo_tree._check(later)["version"] == "1:19.0.1+dfsg-1"
    assert "Debian now has Odoo 1:19.0.1+dfsg-1" in capsys.readouterr().err


@pytest.mark.parametrize("version", ["18, 0", "19, 1", "20, 0"])
def test_own_tree_of_another_odoo_is_refused(tmp_path, monkeypatch, version):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text(f"version_info = ({version}, 0, FINAL, 0, '')\n")
    with pytest.raises(SetupError, match="is not Odoo 19.0"):
        odoo_tree._user_tree(tmp_path)


def test_own_tree_without_odoo_is_refused(tmp_path):
    with pytest.raises(SetupError, match="holds no Odoo"):
        odoo_tree._user_tree(tmp_path)


def test_own_tree_is_used(tmp_path):
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo" / "release.py").write_text("version_info = (19, 0, 0, FINAL, 0, '')\n")
    assert odoo_tree._user_tree(tmp_path) == tmp_path
