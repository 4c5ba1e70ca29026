"""What is there is found on every system, what is missing is named as that system does, and root is not asked for."""

import os
import sys
from pathlib import Path

import pytest

from scripts import browser, odoo_tree, system
from scripts.console import SetupError

RELEASES = {
    "debian": 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n',
    "ubuntu": "ID=ubuntu\nID_LIKE=debian\n",
    "fedora": "ID=fedora\nVERSION_ID=42\n",
    "rocky": 'ID="rocky"\nID_LIKE="rhel centos fedora"\n',
    "arch": "ID=arch\n",
    "suse": 'ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n',
    "alpine": "ID=alpine\n",
    "nixos": "ID=nixos\n",
    "other": "ID=other\n",
}


class Machine:
    """A machine with nothing on it, of an ordinary user without sudo, who has an Odoo tree."""

    def __init__(self, folder: Path, monkeypatch):
        self.folder = folder
        self._monkeypatch = monkeypatch
        self.home, self.programs, self.fonts = folder / "home", folder / "bin", folder / "fonts"
        for made in (self.home, self.programs, self.fonts):
            made.mkdir()
        monkeypatch.setenv("HOME", str(self.home))
        monkeypatch.setenv("PATH", str(self.programs))
        monkeypatch.setenv("ODOO_HOME", str(folder))
        monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        monkeypatch.delenv("XDG_DATA_DIRS", raising=False)
        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        monkeypatch.setattr(system, "OS_RELEASE", folder / "os-release")
        own = tuple(name for name in system.FONT_FOLDERS if name.startswith("~"))
        monkeypatch.setattr(system, "FONT_FOLDERS", (str(self.fonts), *own))
        monkeypatch.setattr(system, "MAC_BROWSERS", (str(folder / "Chromium"),))

    def runs(self, name: str) -> None:
        if name == "macos":
            self._monkeypatch.setattr(sys, "platform", "darwin")
        else:
            (self.folder / "os-release").write_text(RELEASES[name])

    def program(self, name: str, says: str = "") -> None:
        file = self.programs / name
        file.write_text(f"#!/bin/sh\nprintf '{says}'\n")
        file.chmod(0o755)

    def font(self, path: str, folder: Path | None = None) -> None:
        file = (folder or self.fonts) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


@pytest.fixture
def machine(tmp_path, monkeypatch):
    return Machine(tmp_path, monkeypatch)


@pytest.fixture
def run(monkeypatch):
    """The commands that were run instead of being run."""
    commands = []
    monkeypatch.setattr(system, "run_logged", lambda command, *_args, **_options: commands.append(command))
    return commands


def complete_but_fonts(machine):
    machine.program("chromium-browser")
    machine.program("wkhtmltopdf")


def test_fonts_of_fedora_are_found_by_fontconfig(machine, run):
    machine.runs("fedora")
    complete_but_fonts(machine)
    machine.program("fc-list", "DejaVu Sans,DejaVu Sans Condensed\\nLiberation Sans\\n")
    system.ensure()
    assert run == []


def test_fonts_are_found_without_fontconfig(machine, run):
    machine.runs("fedora")
    complete_but_fonts(machine)
    machine.font("dejavu-sans-fonts/DejaVuSans.ttf")
    machine.font("liberation-sans/LiberationSans-Regular.ttf")
    system.ensure()
    assert run == []


def test_fonts_that_nix_links_are_found(machine, run):
    machine.runs("nixos")
    complete_but_fonts(machine)
    store = machine.folder / "store"
    machine.font("truetype/DejaVuSans.ttf", store)
    machine.font("truetype/LiberationSans-Regular.ttf", store)
    profile = machine.home / ".nix-profile" / "share"
    profile.mkdir(parents=True)
    (profile / "fonts").symlink_to(store)
    system.ensure()
    assert run == []


def test_fonts_of_the_folders_that_the_session_names_are_found(machine, monkeypatch):
    machine.font("fonts/DejaVuSans.ttf", machine.folder / "data")
    assert not system.has_font(("DejaVu Sans",))
    monkeypatch.setenv("XDG_DATA_DIRS", f"/nowhere:{machine.folder / 'data'}")
    assert system.has_font(("DejaVu Sans",))


def test_what_macos_brings_is_found(machine, run):
    machine.runs("macos")
    machine.program("wkhtmltopdf")
    (machine.folder / "Chromium").touch()
    machine.font("Verdana.ttf")
    machine.font("Helvetica.ttc")
    system.ensure()
    assert run == []


def test_a_font_of_a_similar_name_is_not_it(machine):
    machine.program("fc-list", "DejaVu Sans Mono\\n")
    machine.font("DejaVuSansMono.ttf")
    machine.font("DejaVuSans.txt")
    assert not system.has_font(("DejaVu Sans",))


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("debian", "apt-get install chromium wkhtmltopdf fonts-dejavu-core fonts-liberation"),
        ("ubuntu", "apt-get install wkhtmltopdf fonts-dejavu-core fonts-liberation"),
        ("fedora", "dnf install chromium dejavu-sans-fonts liberation-sans-fonts"),
        ("rocky", "dnf install chromium dejavu-sans-fonts liberation-sans-fonts"),
        ("arch", "pacman -S chromium ttf-dejavu ttf-liberation"),
        ("suse", "zypper install chromium dejavu-fonts liberation-fonts"),
        ("alpine", "apk add chromium font-dejavu font-liberation"),
        ("nixos", "nix-shell -p chromium wkhtmltopdf dejavu_fonts liberation_ttf"),
        ("macos", "brew install --cask google-chrome --cask font-dejavu --cask font-liberation"),
    ],
)
def test_what_is_missing_is_named_as_the_system_does(machine, run, name, command):
    machine.runs(name)
    with pytest.raises(SetupError) as caught:
        system.ensure()
    assert f"Please install: {command}\n" in f"{caught.value}\n"
    if "chrom" not in command:
        assert "Please install: Google Chrome, of https://dl.google.com/linux/direct/google-chrome" in str(caught.value)
    if "wkhtmltopdf" not in command:
        assert "https://wkhtmltopdf.org/downloads.html" in str(caught.value)
    assert run == []


def test_on_an_unknown_system_it_is_named_in_words(machine, run):
    machine.runs("other")
    with pytest.raises(SetupError, match=r"Please install: Chromium, or Google Chrome; wkhtmltopdf.*Liberation Sans"):
        system.ensure()


def test_unknown_system_is_told_by_its_package_manager(machine):
    machine.runs("other")
    machine.program("zypper")
    assert system.manager() == "zypper"


def test_system_without_apt_is_told_how_to_have_an_odoo(machine, monkeypatch):
    machine.runs("fedora")
    monkeypatch.delenv("ODOO_HOME")
    with pytest.raises(SetupError) as caught:
        system.ensure()
    assert "git clone --depth 1 --branch 19.0 https://github.com/odoo/odoo" in str(caught.value)
    assert "ODOO_HOME" in str(caught.value)
    assert "dnf install chromium" in str(caught.value)


def test_tools_to_unpack_odoo_are_not_asked_for_once_it_is_there(machine, monkeypatch, run):
    machine.runs("debian")
    complete_but_fonts(machine)
    machine.program("fc-list", "DejaVu Sans\\nLiberation Sans\\n")
    machine.program("apt-get")
    monkeypatch.delenv("ODOO_HOME")
    assert "dpkg-deb" in [need.what for need in system.missing()]
    tree = odoo_tree.paths.cache_folder("odoo") / odoo_tree.VERSION
    tree.mkdir()
    (tree / odoo_tree.STAMP).touch()
    system.ensure()
    assert run == []


def test_root_installs_with_apt_what_is_missing_and_no_more(machine, monkeypatch, run):
    machine.runs("debian")
    machine.program("apt-get")
    machine.program("chromium")
    machine.program("fc-list", "DejaVu Sans\\nLiberation Sans\\n")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(SetupError, match="yet not found: wkhtmltopdf"):
        system.ensure()
    assert run[-1] == ["apt-get", "install", "--yes", "--no-install-recommends", "wkhtmltopdf"]


def test_root_of_ubuntu_is_told_where_chrome_is_once_apt_has_done_its_part(machine, monkeypatch, run):
    machine.runs("ubuntu")
    machine.program("apt-get")
    machine.program("fc-list", "DejaVu Sans\\nLiberation Sans\\n")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(SetupError, match=r"Please install: Google Chrome, of \S+\.deb \("):
        system.ensure()
    assert run[-1] == ["apt-get", "install", "--yes", "--no-install-recommends", "wkhtmltopdf"]
    machine.program("wkhtmltopdf")
    run.clear()
    with pytest.raises(SetupError, match="Google Chrome"):
        system.ensure()
    assert run == []


@pytest.mark.parametrize(
    ("name", "repair"),
    [
        ("debian", "apt-get install chromium"),
        ("ubuntu", "google-chrome-stable_current_amd64.deb"),
        ("other", "Chromium"),
    ],
)
def test_screenshots_without_a_browser_say_how_to_have_one(machine, name, repair):
    machine.runs(name)
    with pytest.raises(SetupError, match=repair):
        browser.Browser().__enter__()
