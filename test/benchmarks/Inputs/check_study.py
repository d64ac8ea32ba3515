"""Whether a study's page and plot are whole: tables that are rectangular, medians that are no faster than the fastest run, and
well-formed XML with marks in it.

    check_study.py FOLDER NAME [WORDS THAT THE PAGE MUST HAVE]...
"""
import os
import re
import sys
import xml.etree.ElementTree as ElementTree


def tables_of(page):
    tables = [[]]
    for line in page.splitlines():
        if line.startswith("|"):
            tables[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        elif tables[-1]:
            tables.append([])
    return [table for table in tables if table]


def check_table(header, _, *rows):
    assert rows, header
    for row in rows:
        assert len(row) == len(header), row
    medians = [index for index, name in enumerate(header) if name.startswith(("median", "Sinter, us", "PyTorch, us"))]
    for median in medians:
        assert header[median + 1].startswith("fastest"), header
        for row in rows:
            if row[median] != "refused":
                assert 0 < float(row[median + 1]) <= float(row[median]), row


def main(folder, name, *words):
    assert sorted(os.listdir(folder)) == [f"{name}.md", f"{name}.svg"], os.listdir(folder)
    with open(os.path.join(folder, f"{name}.md")) as file:
        page = file.read()
    for word in [f"]({name}.svg)", "compiler: sinter", "processor:", "revision:", f"benchmarks/study.py {name}", *words]:
        assert word in page, f"the page lacks '{word}'"
    assert not re.search(r"\bnan\b|\binf\b", page), page
    tables = tables_of(page)
    assert tables
    for table in tables:
        check_table(*table)
    root = ElementTree.parse(os.path.join(folder, f"{name}.svg")).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg", root.tag
    marks = [element for element in root.iter() if element.tag.endswith(("circle", "rect", "polygon"))]
    assert len(marks) >= 2 and "nan" not in ElementTree.tostring(root, "unicode"), len(marks)
    print(f"{name} is whole: {len(tables)} tables")


main(*sys.argv[1:])
