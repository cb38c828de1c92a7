"""Two sets of papers on the map: whose dots are rings, which topics are outlined, what the key says."""

import numpy as np
import pytest

from support.node import NEEDED, evaluated

pytestmark = NEEDED

CONTRAST = "../../../ui/components/map/contrast.js"
SIDES = [1, 1, 1, 1, 2, 2, 2, 2, 3, 0]
TOPICS = [
    {"topic": 0, "label": "spin", "share": 0.75, "share_of_second": 0.004, "ratio": 9.0, "clear": True},
    {"topic": 1, "label": "lidar", "share": 0.0, "share_of_second": 0.5, "ratio": 0.1, "clear": True},
    {"topic": 2, "label": "graph", "share": 0.25, "share_of_second": 0.5, "ratio": 0.5, "clear": False},
]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    expression = """{
      const n = sides.length, xy = Float32Array.from({ length: 2 * n }, (_, i) => (i % 2 ? (i >> 1) % 3 : i >> 1));
      const points = { grid: { xy }, topic: [Uint16Array.from([0, 0, 0, 2, 1, 1, 1, 2, 2, 2])], flags: new Uint8Array(n) };
      const said = { level: 0, topics, tests: 3, names: ["these papers", "“year:2020”"], counts: [5, 4], sides: "x" };
      const sheet = { points, levels: [[{ id: 0 }, { id: 1 }, { id: 2 }]] };
      const contrast = new Contrast(said, Uint8Array.from(sides), sheet);
      const theme = { hues: [[0, 0, 255], [255, 128, 0]], text: [0, 0, 0], back: [255, 255, 255], grey: [128, 128, 128] };
      const { codes, palette, order, mode } = contrast.colours(theme, null, (row) => row !== 1);
      const none = new Contrast({ ...said, topics: topics.slice(2) }, Uint8Array.from(sides), sheet);
      return { codes: [...codes], colours: [...palette.subarray(8, 16)], order: [...order], mode, key: contrast.key, none: none.key.words,
        rings: [...contrast.points.flags], regions: contrast.regions.map(({ label, side, shape }) => [label, side, shape]),
        masked: [...contrast.colours(theme, Uint8Array.from(sides, (_, row) => row % 2), () => true).codes] };
    }"""  # noqa: E501
    folder = tmp_path_factory.mktemp("contrast")
    return evaluated({CONTRAST: "Contrast"}, expression, folder, sides=SIDES, topics=TOPICS)


def test_papers_of_the_second_set_are_rings_and_those_of_both_are_of_neither(made):
    assert made["codes"] == [2, 2, 2, 2, 3, 3, 3, 3, 1, 0]  # colours of the first and the second, grey, faint
    assert made["rings"] == [0, 0, 0, 0, 1, 1, 1, 1, 0, 0]
    assert made["masked"] == [0, 2, 0, 2, 0, 3, 0, 3, 0, 0]
    assert made["order"] == [9, 8, 0, 2, 3, 4, 5, 6, 7]
    first, second = np.array(made["colours"]).reshape(2, 4)[:, :3]
    assert np.abs(first - second).max() > 150
    assert made["mode"] == "contrast"


def test_only_clear_differences_are_outlined_on_the_side_that_has_more(made):
    assert [entry[:2] for entry in made["regions"]] == [["spin", 0], ["lidar", 1]]
    corners = {tuple(corner) for corner in made["regions"][0][2]}
    assert corners == {(0, 0), (2, 2)}  # the ends of three dots in a line


def test_the_key_names_signs_sets_the_test_and_the_number_of_tests(made):
    assert made["key"]["sets"] == [["●", "these papers (5)"], ["○", "“year:2020” (4)"]]
    assert "2 of 3 topics" in made["key"]["words"]
    assert "solid where there is more of ●, dashed where there is more of ○" in made["key"]["words"]
    assert made["key"]["test"].startswith("Fisher’s exact test, corrected for 3 tests")
    assert made["key"]["lines"][3] == "2 of 3 differ (Fisher’s test, corrected)"
    assert made["none"] == "In none of 3 topics do they differ clearly."
