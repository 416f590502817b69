"""The files that an operator copies: their names, paths and numbers are those of the program."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from lotse.settings import Settings
from tests.conftest import skip_or_fail

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "operations"
UNITS = sorted([*FOLDER.glob("*.service"), *FOLDER.glob("*.timer")])


def test_the_units_are_there() -> None:
    assert {unit.stem for unit in UNITS} == {"lotse-bot", "lotse-desk", "lotse-nlu", "lotse-backup"}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_one_that_systemd_reads(unit: Path, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        skip_or_fail("systemd-analyze is not on this machine (Debian: apt install systemd)")
    for other in UNITS:
        # The paths are those of a server; here only the words of the unit are looked at.
        text = re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", other.read_text("utf-8"))
        (tmp_path / other.name).write_text(re.sub(r"(?m)^(User|Group)=.*\n", "", text))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "SYSTEMD_UNIT_PATH": f"{tmp_path}:/lib/systemd/system"},
    )
    complaints = [line for line in done.stderr.splitlines() if str(tmp_path) in line or unit.name in line]
    assert complaints == []


def test_the_unit_of_the_understanding_is_a_cage() -> None:
    """What only systemd puts up, beside the rights and the filter that tests/trust/test_cage.py tries."""
    text = (FOLDER / "lotse-nlu.service").read_text("utf-8")
    found = dict(re.findall(r"(?m)^(\w+)=(.*)$", text))
    wanted = {
        "User": "lotse-nlu", "Group": "lotse-nlu", "NoNewPrivileges": "yes", "PrivateTmp": "yes", "PrivateDevices": "yes", "PrivateNetwork": "yes",
        "ProtectSystem": "strict", "ProtectHome": "yes", "IPAddressDeny": "any", "RestrictAddressFamilies": "AF_UNIX", "CapabilityBoundingSet": "",
        "InaccessiblePaths": "-/var/lib/lotse -/etc/lotse", "RestrictNamespaces": "yes", "SystemCallFilter": "@system-service",
    }  # fmt: skip
    assert {name: found.get(name) for name in wanted} == wanted
    assert {"MemoryMax", "CPUQuota"} <= set(found)
    assert not {
        "Environment",
        "EnvironmentFile",
        "SupplementaryGroups",
        "IPAddressAllow",
        "ReadWritePaths",
    } & set(found)
    bot = (FOLDER / "lotse-bot.service").read_text("utf-8")
    assert "SupplementaryGroups=lotse-nlu" in bot, "by it the bot reaches the socket"


def _variables(text: str) -> set[str]:
    return set(re.findall(r"\bLOTSE_[A-Z_]+(?<!_)", text))


@pytest.mark.parametrize("file", sorted(FOLDER.iterdir()), ids=lambda file: file.name)
def test_every_setting_that_is_named_exists(file: Path) -> None:
    known = {f"LOTSE_{name.upper()}" for name in Settings.model_fields}
    assert {name for name in _variables(file.read_text("utf-8")) if name not in known} == set()


def test_the_alerts_ask_for_numbers_that_there_are() -> None:
    rules = yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))["groups"][0]["rules"]
    asked = set(re.findall(r"\blotse_[a-z_]+", " ".join(rule["expr"] for rule in rules)))
    code = "\n".join(
        (ROOT / name).read_text("utf-8")
        for name in ("bot/measures.py", "delivery/measures.py", "lotse/measures.py", "lotse/health.py")
    )
    named = set(re.findall(r'"(lotse_[a-z_]+)"', code))
    assert {name.removesuffix("_total") for name in asked} <= named
    assert len(rules) >= 8
    assert all(rule["annotations"]["do"] for rule in rules)


def test_the_alert_for_keywords_holds_while_the_service_is_tried_again() -> None:
    rules = yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))["groups"][0]["rules"]
    [rule] = [rule for rule in rules if rule["alert"] == "LotseAnswersByKeywords"]
    assert rule["expr"] == 'lotse_nlu_breaker{state="closed"} == 0'


def test_the_compose_file_names_what_there_is() -> None:
    found = yaml.safe_load((FOLDER / "compose.yml").read_text("utf-8"))
    assert set(found["services"]) == {"database", "schema", "nlu", "bot", "desk", "proxy"}
    assert found["services"]["nlu"]["network_mode"] == "none"
    stages = set(re.findall(r"AS (\w+)$", (FOLDER / "Dockerfile").read_text("utf-8"), re.MULTILINE))
    assert {
        service["build"]["target"] for service in found["services"].values() if "build" in service
    } == stages
    copied = re.findall(r"^COPY (.+) \S+$", (FOLDER / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    for names in copied:
        for name in names.split():
            assert (ROOT / name).exists(), name


def test_nothing_of_a_running_checkout_comes_into_an_image() -> None:
    ignored = (ROOT / "docs" / "operations" / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    for name in (
        ".git",
        ".venv",
        "var",
        ".env",
        "**/.venv",
        "**/keys.json",
        "**/lotse.env",
        "**/db_password",
    ):
        assert name in ignored


def test_the_program_is_installed_where_its_catalogues_are() -> None:
    """Only the desk's templates are package data: a copy elsewhere would find neither sentences nor phrases."""
    [line] = re.findall(
        r"pip install .*--no-build-isolation (.*) &&", (FOLDER / "Dockerfile").read_text("utf-8")
    )
    assert line == "-e ."


def test_the_desk_can_be_reached_through_the_proxy() -> None:
    found = yaml.safe_load((FOLDER / "compose.yml").read_text("utf-8"))
    behind = found["services"][found["services"]["proxy"]["network_mode"].removeprefix("service:")]
    assert "443:443" in behind["ports"]
    assert any(not (found["networks"][name] or {}).get("internal") for name in behind["networks"])
