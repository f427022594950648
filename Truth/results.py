"""What the trials came to: the table that is printed, and the one in docs/FINDINGS.md."""

import re
import statistics
from dataclasses import dataclass, field

from scenario import DOCUMENT, Scenario
from trial import Outcome

# Of the trials of all faults that one finding tells.
LEAST_RATE = 0.95

BEGIN = "<!-- rates -->"
END = "<!-- end -->"
HEAD = ["fault", "finding", "right", "median seconds"]


@dataclass
class Result:
    scenario: Scenario
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def right(self) -> int:
        return sum(outcome.is_right(self.scenario) for outcome in self.outcomes)

    @property
    def rate(self) -> str:
        return f"{self.right} of {len(self.outcomes)}"

    @property
    def median(self) -> float | None:
        times = [outcome.after for outcome in self.outcomes if outcome.after is not None]
        return statistics.median(times) if times else None

    @property
    def seconds(self) -> str:
        return "-" if self.median is None else f"{self.median:.0f}"

    @property
    def said(self) -> list[str]:
        """What was said besides, and what failed: of all trials, each once."""
        lines: dict[str, None] = {}
        for outcome in self.outcomes:
            if outcome.failure:
                lines[outcome.failure] = None
            for (finding, severity), claim in outcome.others.items():
                lines[f"{finding} {severity}: {claim}"] = None
        return list(lines)


def line(result: Result) -> str:
    """For a person who waits."""
    scenario = result.scenario
    mark = "ok" if result.right == len(result.outcomes) else "WRONG"
    cells = [
        f"{mark:<6}", f"{scenario.family:<10}", f"{scenario.name:<46}", f"{scenario.expected:<34}",
        f"{result.rate:>8}", f"{result.seconds:>4} s" if result.median is not None else ""]
    return "  ".join(cells).rstrip() + "".join(f"\n          {said}" for said in result.said)


def misses(results: list[Result]) -> list[str]:
    """What is not good enough: findings by their rate over all faults, and each false alarm."""
    found: list[str] = []
    for kind in sorted({one.scenario.finding for one in results if one.scenario.finding}):
        outcomes = [one for one in results if one.scenario.finding == kind]
        right, all_ = sum(one.right for one in outcomes), sum(len(one.outcomes) for one in outcomes)
        if right < LEAST_RATE * all_:
            found.append(f"{kind}: {right} of {all_} right")
    for one in results:
        if one.scenario.is_healthy and one.right < len(one.outcomes):
            found.append(f"{one.scenario.name}: healthy, and not left alone")
    return found


def write(results: list[Result]) -> None:
    """Puts what was measured into the document; what was not measured now stays."""
    text = DOCUMENT.read_text()
    before, _, rest = text.partition(BEGIN)
    old, _, after = rest.partition(END)
    rows = {cells[0]: cells for cells in map(cells_of, old.strip().splitlines()[2:])}
    for one in results:
        name = f"{one.scenario.family}: {one.scenario.name}"
        finding = "none" if one.scenario.finding is None else f"`{one.scenario.finding}`"
        rows[name] = [name, finding, one.rate, one.seconds]
    order = sorted(rows.values(), key=lambda cells: (cells[1] == "none", cells[0]))
    lines = [HEAD, ["---", "---", "---:", "---:"], *order]
    table = "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}")


def cells_of(row: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip().strip("|"))]
