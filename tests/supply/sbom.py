"""`make sbom`: a CycloneDX list of every pinned package of each environment, made from the pinned files and checked against its schema."""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "lotse": "requirements.txt",
    "lotse-dev": "requirements-dev.txt",
    "lotse-nlu": "nlu/service/requirements.txt",
}
_PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def pinned(path: Path) -> dict[str, str]:
    """Names and versions in a requirements file."""
    return {
        name.lower().replace("_", "-"): version
        for name, version in _PINNED.findall(path.read_text(encoding="utf-8"))
    }


def make(name: str) -> dict[str, Any]:
    """The list of one environment; the same file gives the same list."""
    command = [
        sys.executable, "-m", "cyclonedx_py", "requirements", "--sv", "1.6", "--of", "JSON", "--output-reproducible", "--pyproject",
        str(ROOT / "pyproject.toml"), str(ROOT / FILES[name]),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def wrong_with(name: str, found: dict[str, Any]) -> list[str]:
    """What the schema or the pinned file says against it."""
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(found))
    listed = {
        item["name"].lower().replace("_", "-"): item.get("version") for item in found.get("components", ())
    }
    wanted = pinned(ROOT / FILES[name])
    problems = [f"{name}: not valid CycloneDX 1.6"] if error else []
    problems += [
        f"{name}: {package} {version} is not listed so"
        for package, version in wanted.items()
        if listed.get(package) != version
    ]
    problems += [f"{name}: {package} is listed and not pinned" for package in listed.keys() - wanted.keys()]
    return problems


def main(arguments: Sequence[str]) -> int:
    """Write the lists, or with --check only see whether they can be made and are right; returns the exit code."""
    parser = argparse.ArgumentParser(prog="sbom", description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "sbom")
    given = parser.parse_args(arguments)
    problems, count = [], 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) if given.check else given.out
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            found = make(name)
            problems += wrong_with(name, found)
            count += len(found.get("components", ()))
            (folder / f"{name}.cdx.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"{count} components in {len(FILES)} lists, {len(problems)} wrong\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
