"""The browser bundles are rebuilt exactly when their sources change, and carry their licences."""

import importlib.util
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
DIST = ROOT / "web/static/dist"


def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build", ROOT / "web/frontend/build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BUILD = build()


def test_the_bundles_match_the_sources() -> None:
    assert (DIST / "SOURCES.sha256").read_text() == BUILD.fingerprint(ROOT / "web/frontend")


def test_any_change_of_a_source_changes_the_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    source = tmp_path / "src" / "a.js"
    source.write_text("1")
    before = BUILD.fingerprint(tmp_path)
    source.write_text("2")
    changed = BUILD.fingerprint(tmp_path)
    source.rename(tmp_path / "src" / "b.js")
    assert len({before, changed, BUILD.fingerprint(tmp_path)}) == 3


def test_installed_packages_and_prose_are_no_sources(tmp_path: Path) -> None:
    before = BUILD.fingerprint(tmp_path)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "x.js").write_text("1")
    (tmp_path / "README.md").write_text("prose")
    assert BUILD.fingerprint(tmp_path) == before


def test_the_notices_hold_the_licence_of_every_bundled_package() -> None:
    notices = (DIST / "THIRD-PARTY-NOTICES.txt").read_text("utf-8")
    for name in ("bpmn-js", "diagram-js", "@bpmn-io/properties-panel", "htmx.org", "preact"):
        assert f"\n{name} " in notices
    assert "The source code responsible for displaying the bpmn.io project watermark" in notices
