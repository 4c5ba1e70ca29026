"""What runs at GitHub: well-formed, and the commands that everybody types."""

import re

import pytest
import yaml

from scripts import paths

WORKFLOWS = sorted((paths.CHECKOUT / ".github" / "workflows").glob("*.yml"))
TARGETS = re.findall(r"^([a-z-]+):", (paths.CHECKOUT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)


def read(file):
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def commands(workflow):
    return [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]


def test_tests_and_lint_run_there():
    made = {
        word for file in WORKFLOWS for command in commands(read(file)) for word in re.findall(r"^make (\S+)", command)
    }
    assert {"test", "lint", "matrix"} <= made <= set(TARGETS)


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_workflow_is_in_the_form_of_oca(file):
    workflow = read(file)
    # YAML takes the key `on` for a truth value.
    assert workflow[True] == {
        "pull_request": {"branches": ["19.0*"]},
        "push": {"branches": ["19.0", "19.0-ocabot-*"]},
    }
    for job in workflow["jobs"].values():
        cells = job.get("strategy", {}).get("matrix", {}).get("include", [{"container": job["container"]}])
        for cell in cells:
            assert re.fullmatch(r"ghcr\.io/oca/oca-ci/py3\.10-(odoo|ocb)19\.0:latest", cell["container"])
        assert job["env"]["ODOO_HOME"] == "/opt/odoo"
        assert job["services"]["postgres"]["env"]["POSTGRES_USER"] == "odoo"
        for step in job["steps"]:
            assert ("run" in step) != ("uses" in step)
            assert "uses" not in step or re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"])


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_workflow_may_only_read(file):
    assert read(file)["permissions"] == {"contents": "read"}
