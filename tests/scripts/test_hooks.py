"""The hooks of pre-commit: nothing of a forge, and the versions that everything else has."""

import re

import yaml

from scripts import lint, paths


def read(name):
    return (paths.CHECKOUT / name).read_text(encoding="utf-8")


def enabled(name):
    listed = re.search(r"^enable=(.*?)^\[", read(name), flags=re.MULTILINE | re.DOTALL)[1]
    return {word.strip() for word in re.sub(r"#.*", "", listed).split(",")} - {""}


def test_hooks_come_from_package_registries():
    config = yaml.safe_load(read(".pre-commit-config.yaml"))
    assert {repo["repo"] for repo in config["repos"]} == {"local"}
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    wanted = dict(re.findall(r"^([\w.-]+)==(\S+)$", read("requirements-dev.txt"), flags=re.MULTILINE))
    for hook in hooks:
        needs = hook.get("additional_dependencies", [])
        assert hook["language"] == "fail" or needs, hook["id"]
        for need in needs:
            if hook["language"] == "node":
                assert re.fullmatch(r"@?[a-z/-]+@\d+\.\d+\.\d+", need)
            else:
                name, version = re.fullmatch(r"([\w.-]+)(?:\[\w+\])?==(\S+)", need).groups()
                assert wanted.get(name, version) == version, need


def test_what_runs_at_a_forge_is_named():
    at_a_forge = yaml.safe_load(read(".pre-commit-config-forge.yaml"))
    ids = {hook["id"] for repo in at_a_forge["repos"] for hook in repo["hooks"]}
    workflow = read(".github/workflows/lint.yml")
    assert set(lint.AT_A_FORGE) == ids | set(re.findall(r"oca-gen-[a-z-]+", workflow))
    assert ".pre-commit-config-forge.yaml" in workflow


def test_all_mandatory_checks_are_among_all_checks():
    assert enabled(".pylintrc-mandatory") < enabled(".pylintrc")
