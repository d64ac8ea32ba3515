#!/usr/bin/env python3
"""Does the page of a report work in a browser, and show what the report says?

    check_page.py PAGE REPORT BROWSER FOLDER

Opens a copy of the page with a script at its end that uses the page as a reader would: every function, every view of the
graph, a kernel, an op, a buffer, sorting, filters, zoom, the theme. What it sees is compared with the report; script errors and
messages on the console fail. FOLDER takes the copy and the browser's profile.
SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
import html
import json
import pathlib
import re
import subprocess
import sys

# Runs behind the page's own scripts; its findings go into the document that the browser prints.
EXERCISE = """
<script>
const seen = { functions: {} };
const all = (selector) => document.querySelectorAll(selector);
const press = (selector) => document.querySelector(selector).dispatchEvent(new MouseEvent("click", { bubbles: true }));
for (const tab of [...all("#functions button")]) {
  tab.click();
  const found = (seen.functions[tab.dataset.name] = { tabs: tab.getAttribute("aria-selected") });
  for (const view of ["ops", "frames", "kernels"]) {
    press(`#graph-views button[data-view=${view}]`);
    found[view] = { kernels: all("#graph-view .node.kernel").length, ops: all("#graph-view .node.op").length,
      edges: all("#graph-view path[data-from]").length, bad: /NaN|undefined|Infinity/.test(byId("graph-view").innerHTML) };
  }
  found.points = all("#roofline-view .point").length;
  found.scratch = all("#scratch-view .buffer").length;
  found.state = all("#state-view .buffer").length;
  found.kernelRows = all("#kernel-table tbody tr").length;
  found.bufferRows = all("#buffer-table tbody tr").length;
  found.remarkRows = all("#remark-table tbody tr").length;
  found.plotsBad = /NaN|undefined|Infinity/.test(byId("roofline-view").innerHTML + byId("memory").innerHTML);
  if (!found.kernelRows) continue;
  found.last = document.querySelector("#kernel-table tbody tr:last-child td:nth-child(2)").textContent;
  press("#kernel-table tbody tr:last-child");
  found.chosen = { title: byId("details").querySelector("h3").textContent, rows: all("#kernel-table tr.chosen").length,
    nodes: all("#graph-view .node.kernel.chosen").length };
  for (let click = 0; click < 2; click++)
    if (document.querySelector("#kernel-table th:nth-child(8)").getAttribute("aria-sort") !== "descending")
      press("#kernel-table th:nth-child(8) button");
  found.byTime = [...all("#kernel-table tbody tr td:nth-child(2)")].map((cell) => cell.textContent);
}
document.querySelector("#functions button[data-name=train_step]").click();
press("#graph-views button[data-view=ops]");
press("#graph-view .node.op");
seen.opDetails = byId("details").querySelector("h3").textContent;
press("#scratch-view .buffer");
seen.bufferDetails = byId("details").querySelector("h3").textContent;
byId("graph-view").dispatchEvent(new KeyboardEvent("keydown", { key: "+" }));
seen.zoomed = graph.world.getAttribute("transform");
byId("graph-fit").click();
seen.fitted = graph.world.getAttribute("transform");
for (const box of all("#remark-filters input[type=checkbox]")) box.click();
seen.everyRemark = all("#remark-table tbody tr").length;
const kinds = all("#remark-filters select")[1];
kinds.value = "missed";
kinds.dispatchEvent(new Event("change"));
seen.missed = all("#remark-table tbody tr").length;
seen.schedules = byId("schedules-text").value;
byId("theme").click();
seen.theme = document.documentElement.dataset.theme;
seen.remote = [...all("[src], link, img")].length + (document.documentElement.innerHTML.match(/url\\(\\s*['"]?http/g) ?? []).length;
seen.state = document.documentElement.dataset.state;
seen.problem = byId("problem").hidden ? "" : byId("problem").textContent;
document.body.append(element("pre", { id: "seen" }, JSON.stringify(seen)));
</script>
"""
problems = []


def expect(found, wanted, what):
    if found != wanted:
        problems.append(f"{what}: expected {wanted!r}, found {found!r}")


def open_page(page, browser, folder):
    copy = folder / "page.html"
    copy.write_text(page.read_text().replace("</body>", EXERCISE + "</body>"))
    run = subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}",
                          "--enable-logging=stderr", "--window-size=1400,1000", "--dump-dom", copy.as_uri()],
                         capture_output=True, text=True, timeout=240)
    for line in re.findall(r".*CONSOLE.*", run.stderr):
        problems.append(f"the page says on the console: {line}")
    found = re.search(r'<pre id="seen">(.*?)</pre>', run.stdout, re.S)
    if not found:
        problems.append(f"the page did not get to its end; browser status {run.returncode}: {run.stderr[-600:]}")
        return None
    return json.loads(html.unescape(found.group(1)))


def check_function(step, found, remarks):
    name, kernels = step["name"], step["kernels"]
    ops = sum(op["op"] != "constant" for op in step["ops"])
    spaces = [b["space"] for b in step["memory"]["buffers"]]
    expect(found["tabs"], "true", f"{name}: the tab")
    expect(found["ops"]["ops"], ops, f"{name}: ops before fusion")
    expect(found["kernels"]["kernels"], len(kernels), f"{name}: kernels after fusion")
    expect(found["frames"]["kernels"], len(kernels), f"{name}: frames")
    expect(found["frames"]["ops"], sum(step["ops"][o]["op"] != "constant" for k in kernels for o in k["ops"]), f"{name}: ops in frames")
    expect(found["kernels"]["edges"] >= sum(len(k["before"]) for k in kernels), True, f"{name}: edges after fusion")
    for view in ("ops", "frames", "kernels"):
        expect(found[view]["bad"], False, f"{name}: numbers of the graph of {view}")
    expect(found["points"], sum(k["flops"] > 0 and k["predicted"]["gigaflops"] > 0 for k in kernels), f"{name}: points of the roofline")
    expect(found["scratch"], spaces.count("scratch"), f"{name}: rectangles of scratch")
    expect(found["state"], spaces.count("state"), f"{name}: rectangles of state")
    expect(found["plotsBad"], False, f"{name}: numbers of the plots")
    expect(found["kernelRows"], len(kernels), f"{name}: rows of kernels")
    expect(found["bufferRows"], len(spaces), f"{name}: rows of buffers")
    expect(found["remarkRows"], sum(r["function"] in (None, name) for r in remarks), f"{name}: rows of remarks")
    if kernels:
        expect(found["last"] in {k["id"].split("/")[1] for k in kernels}, True, f"{name}: the last row")
        expect(found["chosen"], {"title": found["last"], "rows": 1, "nodes": 1}, f"{name}: the chosen kernel")
        slowest = max(kernels, key=lambda k: k["predicted"]["microseconds"])["predicted"]["microseconds"]
        first = next(k for k in kernels if k["id"].split("/")[1] == found["byTime"][0])
        expect(first["predicted"]["microseconds"], slowest, f"{name}: sorted by time")


def main():
    page, report_file, browser, folder = sys.argv[1:5]
    report = json.load(open(report_file))
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    seen = open_page(pathlib.Path(page), browser, folder.resolve())
    if seen:
        expect(seen["state"], "ready", "state")
        expect(seen["problem"], "", "the page's own message")
        expect(seen["remote"], 0, "references to other files")
        expect(sorted(seen["functions"]), sorted(f["name"] for f in report["functions"]), "tabs")
        for step in report["functions"]:
            check_function(step, seen["functions"][step["name"]], report["remarks"])
        train = next(f for f in report["functions"] if f["name"] == "train_step")
        expect(seen["opDetails"] in {op["op"] for op in train["ops"]}, True, "details of an op")
        expect(seen["bufferDetails"] in {b["name"] for b in train["memory"]["buffers"]}, True, "details of a buffer")
        expect(seen["zoomed"] != seen["fitted"], True, "zoom")
        expect(seen["everyRemark"], len(report["remarks"]), "remarks of all functions")
        expect(seen["missed"], sum(r["kind"] == "missed" for r in report["remarks"]), "missed remarks")
        expect(seen["schedules"].count("\n"), 1 + sum(len(f["kernels"]) for f in report["functions"]), "lines of schedules")
        expect(seen["theme"] in ("light", "dark"), True, "theme")
    for problem in problems[:20]:
        print(problem)
    print(f"{len(problems)} problems with the page")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
