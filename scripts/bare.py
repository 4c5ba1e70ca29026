"""The install section of the README, followed to the letter in bare environments, up to an invoice at Urssaf's.

Each of its blocks of commands is run in an environment that holds Odoo and the pins of a distribution, nothing else, on
an empty database; then one client is registered and one invoice sent to the simulator. Where the block installs our
addon as a package, the addons that install themselves beside OCA's follow as packages.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from harness import provider
from harness.rpc import Odoo, OdooError, Steering

from . import databases, environments, odoo_config, odoo_tree, paths, pin_sets, pythons, runtime
from .console import SetupError, run_logged, say

#: The sets of pins, with the Python of their distribution.
BARE = (("ubuntu-24.04", "3.12"), ("debian-12", "3.11"))
SECTION = "## Install it in your own Odoo 19"
#: What the README calls the database.
DATABASE = "mydb"
#: The addon of OCA beside which one of ours has to install itself.
BESIDE, INSTALLED = "partner_firstname", f"{paths.ADDON}_partner_firstname"
#: What a provider chooses in the settings of Odoo's accounting, in a database that was empty.
FRENCH_BOOKS = """
env.company.country_id = env.ref("base.fr")
env["res.lang"]._activate_lang("fr_FR")
env["account.chart.template"].try_loading("fr", env.company, install_demo=False)
env.cr.commit()
"""
#: The clients are active so long before the invoice.
DAYS_ACTIVE = 30


def run_all() -> list[str]:
    """Follow every block in every bare environment, two at a time; return what went wrong."""
    blocks = commands((paths.CHECKOUT / "README.md").read_text(encoding="utf-8"))
    ways = [(name, python, number, block) for name, python in BARE for number, block in enumerate(blocks, 1)]
    with ThreadPoolExecutor(2) as pool:
        return [problem for problem in pool.map(lambda way: _follow(*way), ways) if problem]


def commands(readme: str) -> list[str]:
    """Return the blocks of commands of the README's install section."""
    section = readme.partition(f"\n{SECTION}\n")[2].partition("\n## ")[0]
    return re.findall(r"^```sh\n(.*?)^```$", section, flags=re.DOTALL | re.MULTILINE)


def _follow(set_name: str, python: str, number: int, block: str) -> str:
    name = f"bare-{set_name}-{number}"
    interpreter = pythons.find(python)
    if interpreter is None:
        return f"{name}: not tried: no Python {python} on this machine"
    folder = paths.cache_folder("matrix") / name
    shutil.rmtree(folder, ignore_errors=True)
    say(f"- {name} …")
    try:
        pins = next(pins for pins in pin_sets.read() if pins.name == set_name)
        with _bare(folder, interpreter, pins) as bare:
            bare.follow(block)
            number_sent = bare.send_invoice()
            if "pip install ./" in block:
                bare.install_the_others()
    except (SetupError, OdooError, ValueError, AssertionError) as error:
        return f"{name}: {error}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    say(f"  {name}: invoice {number_sent} was sent")
    return ""


@contextmanager
def _bare(folder: Path, interpreter: Path, pins: pin_sets.PinSet) -> Iterator[Bare]:
    environment = environments.Environment.make(folder / f"{folder.name}-venv", interpreter, odoo_tree.ensure())
    environment.install_pins(f"{folder.name}-pins", pins.file)
    with databases.empty(folder.name.replace("-", "_").replace(".", "_")) as db:
        yield Bare(folder, environment, db)


@dataclass(frozen=True)
class Bare:
    """A copy of the checkout beside an Odoo with an empty database.

    :ivar folder: where it all is.
    """

    folder: Path
    environment: environments.Environment
    db: str

    def follow(self, block: str) -> None:
        """Run a block of the README in a copy of the checkout.

        :raise SetupError: a command failed
        """
        checkout = self.folder / "checkout"
        unwanted = shutil.ignore_patterns(".git", "__pycache__", ".pytest_cache", ".ruff_cache")
        shutil.copytree(paths.CHECKOUT, checkout, ignore=unwanted)
        command = self.environment.folder / "bin" / "odoo"
        command.write_text(f'#!/bin/sh\nexec "{self.environment.python}" -m odoo "$@"\n')
        command.chmod(0o755)
        by_path = "addons_path" in block
        self.configuration(checkout if by_path else None).replace(checkout / "odoo.conf")
        script = re.sub(rf"\b{DATABASE}\b", self.db, block)
        log = run_logged(["sh", "-eux"], f"{self.folder.name}-readme", text=script, env=self._variables(), cwd=checkout)
        databases.check_log(log, (f"-i {paths.ADDON}",))
        self.environment.pip(f"{self.folder.name}-check", "check")

    def configuration(self, addons: Path | None) -> Path:
        """Write a configuration of Odoo that knows this database, and the addons of a folder."""
        values = {"addons_path": addons} if addons else {"addons_path": odoo_tree.ensure() / "odoo" / "addons"}
        return odoo_config.write(self.db, data_dir=self.folder / "data", **values)

    def send_invoice(self) -> str:
        """Register a client and send one invoice to a simulator, over HTTP; return the invoice's number.

        :raise AssertionError: the simulator does not have it
        """
        self._shell(FRENCH_BOOKS)
        now = datetime.now(timezone.utc).replace(microsecond=0)
        start = f"{now - timedelta(days=DAYS_ACTIVE):%Y-%m-%dT%H:%M:%SZ}"
        log = paths.log_file(f"{self.folder.name}-server")
        with (
            runtime.start_simulator(
                self.folder / "simulator.sqlite", start, log=log.with_suffix(".simulator.log")
            ) as simulator,
            runtime.start_odoo(self.db, log=log, python=self.environment.python, **self._options()) as odoo,
        ):
            provider.set_up(Odoo(odoo.url, self.db, *provider.ADMIN), simulator.url)
            admin = Odoo(odoo.url, self.db, *provider.ADMIN)
            user = Odoo(odoo.url, self.db, *provider.USER)
            return _send_one(admin, user, Steering(simulator.url), now)

    def install_the_others(self) -> None:
        """Install the other addons as packages, and see one install itself beside the addon of OCA that it is for.

        :raise SetupError: pip or Odoo failed, or it did not
        """
        ours = [f"./{addon.parent.name}" for addon in sorted(self._checkout.glob(f"{paths.ADDON}_*/__manifest__.py"))]
        environment = self._variables()
        pip = [self.environment.python, "-m", "pip", "install", "--no-input", *ours]
        run_logged(pip, f"{self.folder.name}-others", env=environment, cwd=self._checkout)
        odoo = ["odoo", "-c", "odoo.conf", "-d", self.db, "-i", BESIDE, "--stop-after-init"]
        log = run_logged(odoo, f"{self.folder.name}-beside", env=environment, cwd=self._checkout)
        databases.check_log(log, ("-i", BESIDE))
        self._shell(f"assert env['ir.module.module'].search([('name', '=', '{INSTALLED}')]).state == 'installed'")

    @property
    def _checkout(self) -> Path:
        return self.folder / "checkout"

    def _options(self) -> dict[str, object]:
        lines = (self._checkout / "odoo.conf").read_text(encoding="utf-8").splitlines()
        given = dict(line.split(" = ", 1) for line in lines if " = " in line)
        return {name: given[name] for name in ("addons_path", "data_dir")}

    def _variables(self) -> dict[str, str]:
        clean = environments.clean()
        return {**clean, "PATH": f"{self.environment.folder / 'bin'}{os.pathsep}{clean['PATH']}"}

    def _shell(self, code: str) -> None:
        command = ["odoo", "shell", "-c", "odoo.conf", "-d", self.db, "--no-http"]
        run_logged(command, f"{self.folder.name}-shell", text=code, env=self._variables(), cwd=self._checkout)


def _send_one(admin: Odoo, user: Odoo, simulator: Steering, now: datetime) -> str:
    client = provider.plain_client(1)
    partner = provider.create_client(user, client, 1)
    registration = provider.prepare_registration(user, partner, client, 1)
    provider.register(user, registration)
    [row] = user.read("urssaf.registration", [registration], ["id_client"])
    simulator.person_step(row["id_client"], "activate")
    user.call("urssaf.registration", "action_refresh", [registration])
    simulator.move_to(now)
    day = (now - timedelta(days=3)).date()
    product = provider.create_products(admin)["cleaning"]
    move = provider.create_invoice(user, partner, [(product, 2)], (day, day), day)
    provider.send(user, [move])
    admin.call("ir.cron", "method_direct_trigger", [admin.ref("avance_immediate.ir_cron_urssaf_send")])
    [row] = user.read("account.move", [move], ["name"])
    taken = simulator.requests([row["name"]])
    if len(taken) != 1:
        raise AssertionError(f"the simulator has {len(taken)} requests for invoice {row['name']}, instead of one")
    return row["name"]
