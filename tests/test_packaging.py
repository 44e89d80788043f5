"""The wheel holds exactly the packages and their data, and works where only the wheel is."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as a wheel, built without a network."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but the installed wheel."""
    folder = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target"]
    subprocess.run([*command, str(folder), str(wheel)], check=True, capture_output=True)
    return folder


def contents(wheel: Path) -> set[str]:
    """The files of a wheel, but for its description."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def run_from(installed: Path, *arguments: str) -> str:
    """What a Python that finds the packages in the folder, and not in this checkout, prints."""
    code = f"import sys; sys.path.insert(0, {str(installed)!r}); {arguments[0]}"
    command = [sys.executable, "-c", code, *arguments[1:]]
    return subprocess.run(command, cwd=installed, capture_output=True, text=True, check=True).stdout


def test_the_wheel_holds_what_is_under_version_control_and_nothing_else(wheel: Path) -> None:
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *PACKAGES]
    result = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode:
        pytest.skip("not a git checkout")
    expected = {name for name in result.stdout.split("\0") if name and (ROOT / name).is_file()}
    assert contents(wheel) == expected


def test_the_wheel_holds_only_our_packages(wheel: Path) -> None:
    assert {name.partition("/")[0] for name in contents(wheel)} <= set(PACKAGES)


@pytest.mark.parametrize(
    "kind", ["prompts/*.md", "web/*.js", "web/*.html", "tools/encoding/data/vocab.txt", "tools/encoding/data/static*"]
)
def test_the_wheel_holds_the_data_that_the_code_reads(wheel: Path, kind: str) -> None:
    assert [name for name in contents(wheel) if Path(name).match(kind)]


def test_the_wheel_holds_the_licence_and_the_notice(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {Path(name).name for name in archive.namelist() if ".dist-info/licenses/" in name}
    assert names == {"LICENSE", "NOTICE"}


@pytest.mark.parametrize("package", [package for package in PACKAGES if (ROOT / package / "__init__.py").is_file()])
def test_a_package_is_imported_from_the_installed_wheel(installed: Path, package: str) -> None:
    printed = run_from(installed, f"import {package}; print({package}.__file__)")
    assert Path(printed.strip()).is_relative_to(installed)


def test_the_command_runs_from_the_installed_wheel(installed: Path) -> None:
    code = "from switchboard.__main__ import main; sys.argv[0] = 'switchboard'; sys.exit(main())"
    assert "usage: switchboard" in run_from(installed, code, "--help")
