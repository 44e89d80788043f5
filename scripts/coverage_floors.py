"""Coverage per package, printed beside its floor; fails when a package is below. The floors stand in pyproject.toml."""

import json
import sys
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of a package its tests run: statements and branches, seen of all."""

    seen: int
    total: int

    @property
    def percent(self) -> float:
        """Statements and branches together; an empty package is fully covered."""
        return 100.0 * self.seen / self.total if self.total else 100.0


def by_package(report: dict[str, Any]) -> dict[str, Coverage]:
    """Sum the files of coverage.py's JSON report by their top folder."""
    seen: dict[str, int] = defaultdict(int)
    total: dict[str, int] = defaultdict(int)
    for path, file in report["files"].items():
        package, summary = PurePath(path).parts[0], file["summary"]
        seen[package] += summary["covered_lines"] + summary["covered_branches"]
        total[package] += summary["num_statements"] + summary["num_branches"]
    return {package: Coverage(seen=seen[package], total=total[package]) for package in sorted(total)}


def below_floor(packages: dict[str, Coverage], floors: dict[str, float]) -> list[str]:
    """The packages with less than their floor, or with none set, or with a floor and no code."""
    return [
        package
        for package in sorted(packages.keys() | floors.keys())
        if package not in packages or packages[package].percent < floors.get(package, 101.0)
    ]


def main(report: str) -> int:
    """Print the table; 1 when a package is below its floor."""
    floors: dict[str, float] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["switchboard"]["coverage"]
    packages = by_package(json.loads(Path(report).read_text()))
    print(f"{'package':<14}{'covered':>16}{'percent':>10}{'floor':>8}")
    for package, coverage in packages.items():
        amount = f"{coverage.seen}/{coverage.total}"
        print(f"{package:<14}{amount:>16}{coverage.percent:>9.1f}%{floors.get(package, 0):>7g}%")
    low = below_floor(packages, floors)
    if low:
        print(f"Below the floor, or without one in pyproject.toml: {', '.join(low)}", file=sys.stderr)
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
