"""What a reviewer would otherwise have to look for in every change."""

import ast
import hashlib
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("switchboard", "stores", "prompts", "tools", "agent", "channels", "evals")
CODE = frozenset({".py", ".js", ".css", ".html", ".sh"})
LONGEST_FILE = 400
BOUNDARIES = {
    "switchboard/boundary.py": "a tool, a job and a channel are anybody's code",
    "channels/websocket/session.py": "a frame that fails costs a sentence, not the socket",
    "switchboard/commands/boundary.py": "a command ends with a sentence, not a traceback",
    "stores/sqlite/lane.py": "work that fails costs whoever asked for it, not the others of its batch",
    "tools/reading/office.py": "the libraries raise whatever comes of foreign XML",
}
"""The places that may catch everything, one each, and why."""
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|home/[\w.-]+|Users/[\w.-]+)/[\w.-]")
INDEX_HOST = re.compile(r"pypi\.(?:org|python)|(?:files\.python)hosted|registry\.(?:npmjs)|--(?:extra-)?index-url")
SMALL = 10_000
"""Bytes of a data file that somebody may well have typed."""


def tracked() -> list[Path]:
    """The files under version control; none where the project was unpacked from an archive."""
    result = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [path for name in result.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def vendored(path: Path) -> bool:
    """Whether others made a file: it says so by its folder, or is a package's data too large to be typed."""
    parts = path.relative_to(ROOT).parts
    ours = path.suffix in CODE or path.suffix == ".md" or parts[0] not in (*PRODUCT, "web")
    return "vendor" in parts or (not ours and path.stat().st_size > SMALL)


FILES = tracked()
TEXTS = {}
for _path in FILES:
    try:
        TEXTS[_path.relative_to(ROOT).as_posix()] = _path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        continue  # a picture, a PDF, a model
VENDOR_FOLDERS = sorted({path.parent for path in FILES if vendored(path)})

pytestmark = pytest.mark.skipif(not FILES, reason="not a git checkout")


def test_no_file_of_code_is_too_long() -> None:
    ours = {path for path in FILES if path.suffix in CODE and not vendored(path)}
    lines = {path: TEXTS[path.relative_to(ROOT).as_posix()].count("\n") for path in ours}
    assert {path.name: count for path, count in lines.items() if count > LONGEST_FILE} == {}


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert {name: found[0] for name, text in TEXTS.items() if (found := MACHINE_PATH.search(text))} == {}


def test_no_file_names_a_package_index() -> None:
    allowed = "scripts/lock.sh"  # names the options that keep the addresses out
    assert [name for name, text in TEXTS.items() if name != allowed and INDEX_HOST.search(text)] == []


def test_every_pinned_package_has_a_hash() -> None:
    for name in ("run", "dev", "uv", "ministack"):
        entries = re.split(r"\n(?=\S)", TEXTS[f"requirements/{name}.txt"])
        assert [entry.split()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_every_dependency_is_pinned_to_a_version_that_it_allows() -> None:
    project = tomllib.loads(TEXTS["pyproject.toml"])
    asked = [Requirement(line) for line in project["project"]["dependencies"]]
    pinned = dict(re.findall(r"^(\S+)==([^\s;]+)", TEXTS["requirements/run.txt"], re.M))
    missing = [line for line in asked if not line.specifier.contains(pinned.get(canonicalize_name(line.name), "0"))]
    assert missing == [], "run scripts/lock.sh"


def test_what_runs_and_what_tests_are_pinned_to_the_same_versions() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^(\S+==\S+.*?)(?: \\)?$", TEXTS[f"requirements/{name}.txt"], flags=re.MULTILINE))

    assert pins("run") - pins("dev") == set()


@pytest.mark.parametrize("folder", VENDOR_FOLDERS, ids=lambda folder: folder.relative_to(ROOT).as_posix())
def test_a_vendored_file_has_its_source_licence_and_checksum_beside_it(folder: Path) -> None:
    about = (folder / "README.md").read_text(encoding="utf-8")
    sums = folder / "SHA256SUMS"  # where there are many files; a few have theirs in the README
    said = about + (sums.read_text(encoding="utf-8") if sums.is_file() else "")
    files = [path for path in FILES if path.parent == folder and path.name not in ("SHA256SUMS", "README.md")]
    assert [path.name for path in files if path.name not in said] == []
    assert [path.name for path in files if hashlib.sha256(path.read_bytes()).hexdigest() not in said] == []
    assert re.search(r"\b(source|package)\b", about, re.IGNORECASE)
    assert re.search(r"\blicence\b", about, re.IGNORECASE)


def catches_everything(node: ast.AST) -> bool:
    """Whether a handler takes every exception there is."""
    if not isinstance(node, ast.ExceptHandler):
        return False
    return node.type is None or bool({"Exception", "BaseException"} & set(re.findall(r"\w+", ast.unparse(node.type))))


def test_everything_is_caught_at_the_named_boundaries_alone() -> None:
    code = [path for path in FILES if path.suffix == ".py" and path.relative_to(ROOT).parts[0] != "tests"]
    places = [
        path.relative_to(ROOT).as_posix()
        for path in code
        for node in ast.walk(ast.parse(path.read_bytes()))
        if catches_everything(node)
    ]
    assert sorted(places) == sorted(BOUNDARIES)


@pytest.mark.parametrize(
    ("handler", "broad"),
    [
        ("except:", True),
        ("except Exception:", True),
        ("except BaseException as error:", True),
        ("except (OSError, Exception):", True),
        ("except OSError:", False),
        ("except ExceptionGroup:", False),
    ],
)
def test_a_handler_of_everything_is_recognised(handler: str, broad: bool) -> None:
    tree = ast.parse(f"try:\n    pass\n{handler}\n    pass")
    assert any(map(catches_everything, ast.walk(tree))) is broad


def test_every_package_is_annotated_for_its_users() -> None:
    assert "switchboard/py.typed" in TEXTS
