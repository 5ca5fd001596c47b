"""The probes that run before the engine starts."""

from __future__ import annotations

import pytest

from engine.process import selftest


def test_every_probe_of_the_self_test_passes() -> None:
    selftest.self_test()


@pytest.mark.parametrize("probe", [*selftest.PROBES])
def test_a_failed_probe_keeps_the_engine_from_starting(
    probe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(selftest.PROBES, probe, lambda: False)
    with pytest.raises(selftest.UnfitLibrary) as unfit:
        selftest.self_test()
    assert probe in unfit.value.sentence("en")
