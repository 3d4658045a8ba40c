"""``python -m benchmarks`` in the environment of the tests, which has no peers: it measures only what is the same."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import reading
from benchmarks.contestants import CONTESTANTS, CURSOR, DRF, PISTON, VALUES
from benchmarks.equivalence import Different, check
from benchmarks.guards import PATHS
from benchmarks.links import LISTS
from benchmarks.records import Contestant, Figures, Work, at_most, times_as_fast
from benchmarks.report import BEGIN, END, table, write
from benchmarks.serving import Answer
from benchmarks.streaming import Stream, facts

ROOT = Path(__file__).resolve().parents[2]
NAMES = (
    *("flat", "nested", "naive", "one", "create", "refused", "ok", "xml", "yaml"),
    *("stream", "stream-jsonl", "stream-xml", "stream-yaml", "stream-csv"),
)

EXPECTED = [{"id": 1, "price": "1.50", "is_published": True, "created": "2024-05-06T07:08:09.101112+00:00"}]
WORK = Work("flat", "some posts", "/flat/", lambda: EXPECTED, lambda answer: json.loads(answer.body))
ZULU = Contestant("zulu", "nowhere", writes="zulu")
CUT = Contestant("cut", "nowhere", writes="milliseconds")
EXACT = Contestant("exact", "nowhere")


WRONG_URLS = """
from django.http import JsonResponse
from django.urls import path

urlpatterns = [path("ok/", lambda request: JsonResponse({"ok": False}))]
"""
WITH_WRONG = """
import sys
from benchmarks import contestants, records

contestants.CONTESTANTS += (records.Contestant("wrong", "wrong_urls"),)
from benchmarks.__main__ import main

sys.exit(main())
"""


def python(*arguments: str, path: str = "") -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-W", "error", *arguments]
    environment = kept | {"PYTHONPATH": path}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def run() -> subprocess.CompletedProcess[str]:
    """Run everything once, with little data."""
    return python("-m", "benchmarks", "--quick")


def test_all_answers_are_proven_to_be_the_same(run):
    assert run.returncode == 0, run.stderr
    assert run.stderr.splitlines() == [f"{name}: all answers are the same" for name in NAMES]


def test_the_table_has_a_row_for_each_piece_of_work_with_the_times_of_piston(run):
    heading, _, *rows = (line.strip("| ").split(" | ") for line in run.stdout.splitlines() if line.startswith("|"))

    assert [name.strip() for name in heading] == ["work", *(each.name for each in CONTESTANTS), "mark"]
    assert len(rows) == len(NAMES)
    assert all(row[1].split(",")[0].split()[-1] in {"s", "ms", "us"} for row in rows)


def test_peers_that_are_not_installed_are_named(run):
    for each in CONTESTANTS:
        assert (f"Not installed: {each.name}" in run.stdout) == bool(each.missing)


def test_work_that_does_not_exist_is_refused_with_what_there_is():
    run = python("-m", "benchmarks", "--quick", "flatt")

    assert run.returncode != 0
    assert "There is no work named flatt; there is flat, nested" in run.stderr


def test_nothing_is_measured_when_somebody_answers_something_else(tmp_path):
    (tmp_path / "wrong_urls.py").write_text(WRONG_URLS, encoding="utf-8")
    run = python("-c", WITH_WRONG, "--quick", "ok", path=str(tmp_path))

    assert (run.returncode, run.stdout) == (1, "")
    assert "Nothing is measured, because the answers differ.\nwrong, ok.ok: 'False' and not 'True'" in run.stderr


def answer(posts: object, status: int = 200) -> Answer:
    return Answer(status, "application/json", json.dumps(posts).encode())


def changed(**values: object) -> list[dict]:
    return [EXPECTED[0] | values]


def test_the_same_answer_passes():
    check(WORK, EXACT, answer(EXPECTED), EXPECTED)


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (changed(price="1.5"), "[0].price"),
        (changed(price=1.5), "[0].price"),
        (changed(is_published=1), "[0].is_published"),
        (changed(id=1.0), "[0].id"),
        (changed(created="2024-05-06T07:08:09.101112Z"), "[0].created"),
        (changed(created="2024-05-06T07:08:09.101+00:00"), "[0].created"),
        (changed(more=None), "[0]"),
        ([{"id": 1}], "[0]"),
        ([], ""),
        ({}, ""),
    ],
    ids=["digits", "number", "truth", "float", "zulu", "milliseconds", "more", "less", "none", "no list"],
)
def test_a_wrong_answer_is_found_and_its_place_is_said(wrong, place):
    with pytest.raises(Different) as raised:
        check(WORK, EXACT, answer(wrong), EXPECTED)

    assert str(raised.value).startswith(f"exact, flat{place}: ")


def test_a_wrong_status_is_found():
    with pytest.raises(Different, match="the status is 201 and not 200"):
        check(WORK, EXACT, answer(EXPECTED, 201), EXPECTED)


def test_a_refusal_may_have_any_status_of_a_refusal_and_no_other():
    refused = replace(WORK, status=0)
    check(refused, EXACT, answer(EXPECTED, 422), EXPECTED)

    with pytest.raises(Different, match="the status is 500 and not 4xx"):
        check(refused, EXACT, answer(EXPECTED, 500), EXPECTED)


def test_other_spellings_of_the_same_moment_are_accepted_only_from_those_who_cannot_do_otherwise():
    check(WORK, ZULU, answer(changed(created="2024-05-06T07:08:09.101112Z")), EXPECTED)
    check(WORK, CUT, answer(changed(created="2024-05-06T07:08:09.101Z")), EXPECTED)

    for contestant, moment in ((ZULU, "2024-05-06T07:08:09.101Z"), (CUT, "2024-05-06T07:08:09.102Z")):
        with pytest.raises(Different):
            check(WORK, contestant, answer(changed(created=moment)), EXPECTED)


PISTON_XML = (
    '<response type="array"><resource><id type="integer">1</id><price>1.50</price>'
    '<is_published type="boolean">true</is_published><created>2024-05-06T07:08:09.101112+00:00</created>'
    "</resource></response>"
)
YAML = '- {id: 1, price: "1.50", is_published: true, created: "2024-05-06T07:08:09.101112+00:00"}\n'
CSV = "id,price,is_published,created\r\n1,1.50,true,2024-05-06T07:08:09.101112+00:00\r\n"


def without_types(root: str, item: str) -> str:
    """Return the XML of those who write texts alone, with the names that one of them has."""
    texts = re.sub(' type="[^"]*"', "", PISTON_XML)
    return texts.replace("response", root).replace("resource", item)


def written(body: str) -> Answer:
    return Answer(200, "", body.encode())


@pytest.mark.parametrize(
    "body",
    [
        PISTON_XML,
        without_types("root", "list-item").replace("true", "True"),
        without_types("posts", "post"),
    ],
    ids=["piston", "drf", "by hand"],
)
def test_xml_of_each_structure_is_read_back_with_its_types(body):
    check(replace(WORK, read=reading.xml), EXACT, written(body), EXPECTED)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (' type="integer"', ""),
        (' type="boolean"', ' type="integer"'),
        ("1.50", "1.5"),
        ("true", "True"),
        ("<price>1.50</price>", ""),
        ("<price>", "<price>0<b/>"),
        ("response", "root"),
        ("resource", "post"),
        ("</response>", ""),
    ],
)
def test_wrong_xml_is_found(right, wrong):
    body = PISTON_XML.replace(right, wrong)

    assert body != PISTON_XML
    with pytest.raises(Different):
        check(replace(WORK, read=reading.xml), EXACT, written(body), EXPECTED)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('"1.50"', "1.50"),
        ("true", '"true"'),
        ("id: 1", "id: 1.0"),
        ('"2024-05-06T07:08:09.101112+00:00"', "2024-05-06T07:08:09.101112+00:00"),
        ("id: 1, ", ""),
        ("- {", "-- {"),
    ],
)
def test_wrong_yaml_is_found(right, wrong):
    work = replace(WORK, read=reading.yaml)
    check(work, EXACT, written(YAML), EXPECTED)

    with pytest.raises(Different):
        check(work, EXACT, written(YAML.replace(right, wrong)), EXPECTED)


@pytest.mark.parametrize(
    ("right", "wrong"), [("1.50", "1.5"), ("true", "yes"), ("1,", "1,1,"), ("price", "cost"), ("1,", "one,")]
)
def test_wrong_csv_is_found(right, wrong):
    work = replace(WORK, read=reading.csv)
    check(work, EXACT, written(CSV), EXPECTED)

    with pytest.raises(Different):
        check(work, EXACT, written(CSV.replace(right, wrong)), EXPECTED)


def test_an_array_does_not_pass_for_json_lines():
    work = replace(WORK, read=reading.lines)
    check(work, EXACT, written(json.dumps(EXPECTED[0]) + "\n"), EXPECTED)

    with pytest.raises(Different):
        check(work, EXACT, answer(EXPECTED), EXPECTED)


def test_a_mark_is_reached_by_the_median_of_the_rounds_ratios():
    work = replace(WORK, marks=[at_most(1.15, CURSOR), times_as_fast(7, DRF), at_most(1, VALUES)], most_queries=3)
    seconds = {PISTON: [1.0, 1.0, 9.0], CURSOR: [1.0, 1.0, 1.0], DRF: [6.0, 6.0, 90.0]}
    [row] = table([Figures(work, seconds, {PISTON: 3})], CONTESTANTS).splitlines()[2:]

    assert "<= 1.15 x cursor: 1.00 reached" in row
    assert ">= 7 x as fast as DRF: 6.0 missed" in row
    assert "<= 1 x values(): not measured" in row
    assert "<= 3 queries: 3 reached" in row


def test_a_stream_has_marks_for_its_memory_and_its_first_byte():
    work = replace(WORK, most_megabytes=16, first_byte=0.02)
    streams = [Stream(0.011, 1.0, 15.0), Stream(0.021, 1.0, 17.0), Stream(0.031, 1.0, 16.5)]

    assert work.is_stream
    assert not WORK.is_stream
    assert facts(work, streams) == {
        "<= 16 MB over idle": ("16.5", False),
        "first byte <= 20 ms": ("21.0", False),
    }


def test_a_table_takes_the_place_of_the_last_one_in_its_page(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"Before.\n{BEGIN}\nold\n{END}\nAfter.\n", encoding="utf-8")
    write(page, "new")
    write(page, "newer")

    assert page.read_text(encoding="utf-8") == f"Before.\n{BEGIN}\n\nnewer\n\n{END}\nAfter.\n"


def test_a_page_without_a_place_for_the_table_is_left_as_it_is(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("Only text.\n", encoding="utf-8")

    with pytest.raises(ValueError, match="between which the table belongs"):
        write(page, "new")
    assert page.read_text(encoding="utf-8") == "Only text.\n"


def test_what_guards_cost_is_measured():
    run = python("-m", "benchmarks.guards", "--quick")
    form = re.compile(r"(/.*/): anonymous \d+ us, (known|reading) \d+ us, [\d.]+ \(.*\) times as long")
    lines = [form.fullmatch(line) for line in run.stdout.splitlines()]

    assert (run.returncode, run.stderr) == (0, "")
    assert [(each[1], each[2]) for each in lines] == [(path, name) for path in PATHS for name in ("known", "reading")]


def test_what_links_cost_is_measured_in_every_format():
    run = python("-m", "benchmarks.links", "--quick")
    form = re.compile(r"(.*): JSON \d+ us, (.*) \d+ us, [\d.]+ \(.*\) times as long")
    lines = [form.fullmatch(line) for line in run.stdout.splitlines()]

    assert (run.returncode, run.stderr) == (0, "")
    assert [(each[1], each[2]) for each in lines] == [
        (name, way.name) for name, (_, *ways) in LISTS.items() for way in ways
    ]
