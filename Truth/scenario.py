"""A fault, or a healthy twin, and what dxtop has to say of it: as scenarios/*.toml have them."""

import re
import shutil
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent
BUILT = PACKAGE / ".build" / "release"
LOADS = HERE / "loads"
DOCUMENT = PACKAGE / "docs" / "FINDINGS.md"

# How bad, in order.
SEVERITIES = ["info", "warning", "critical"]


@dataclass(frozen=True)
class Scenario:
    # What it is called, unique in its file; and the file, by its name.
    name: str
    family: str
    # Programs, a line for the shell each. They begin together, in a directory of their own, with the
    # workloads of this package on their PATH, and end with all that they have started.
    load: list[str]
    # What has to happen before, and after whatever happened.
    setup: list[str]
    teardown: list[str]
    # Programs that it takes, and paths.
    needs: list[str]
    # The id of the finding that must come, about the load. None for a healthy twin, of which nothing
    # above information may be said.
    finding: str | None
    # A text that the finding has to contain.
    about: str | None
    # How bad the finding has to be at least.
    severity: str
    # Seconds, from the start of load and dxtop.
    within: float
    # Load and dxtop are in a network namespace of their own, so that ports are free, and counters
    # those of the load.
    netns: bool
    # More options of dxtop, and what it runs under: "nice -n 19".
    options: list[str]
    under: str

    @property
    def is_healthy(self) -> bool:
        return self.finding is None

    @property
    def missing(self) -> list[str]:
        return [one for one in self.needs if not (shutil.which(one) or Path(one).exists())]

    @property
    def expected(self) -> str:
        if self.finding is None:
            return "nothing"
        return self.finding + (f" ({self.about})" if self.about else "")


DEFAULTS = {
    "setup": [], "teardown": [], "needs": [], "finding": None, "about": None,
    "severity": "warning", "netns": True, "options": [], "under": "",
}


def read_scenario(table: dict, family: str, known: set[str]) -> Scenario:
    values = {**DEFAULTS, "within": 15 if "finding" in table else 20, **table, "family": family}
    where = f"{family}.toml: {table.get('name', 'a scenario without a name')}"
    names = {field.name for field in fields(Scenario)}
    if unknown := values.keys() - names:
        raise SystemExit(f"{where}: unknown {', '.join(sorted(unknown))}")
    if lacking := names - values.keys():
        raise SystemExit(f"{where}: lacks {', '.join(sorted(lacking))}")
    if values["severity"] not in SEVERITIES:
        raise SystemExit(f"{where}: severity is one of {', '.join(SEVERITIES)}")
    if values["finding"] is not None and values["finding"] not in known:
        raise SystemExit(f"{where}: docs/FINDINGS.md has no finding {values['finding']}")
    return Scenario(**values)


def known_findings() -> set[str]:
    return set(re.findall(r"^### `(\w+)`", DOCUMENT.read_text(), re.MULTILINE))


def read_scenarios(wanted: list[str]) -> list[Scenario]:
    """All, or those whose name, file or finding is wanted: faults first, then the healthy."""
    known = known_findings()
    found: list[Scenario] = []
    for path in sorted((HERE / "scenarios").glob("*.toml")):
        with path.open("rb") as file:
            tables = tomllib.load(file)["scenario"]
        scenarios = [read_scenario(table, path.stem, known) for table in tables]
        names = [scenario.name for scenario in scenarios]
        if twice := {name for name in names if names.count(name) > 1}:
            raise SystemExit(f"{path.name}: {', '.join(sorted(twice))} is there twice")
        found += scenarios
    for word in wanted:
        if not any(word in words(scenario) for scenario in found):
            raise SystemExit(f"no scenario, file or finding is called {word!r}; --list lists them")
    chosen = [one for one in found if not wanted or words(one) & set(wanted)]
    return sorted(chosen, key=lambda one: one.is_healthy)


def words(scenario: Scenario) -> set[str]:
    kind = "healthy" if scenario.is_healthy else "faults"
    return {scenario.name, scenario.family, scenario.finding or "", kind}
