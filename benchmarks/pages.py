"""Pages that draw the same points: ours, plotly's, pydeck's and Embedding Atlas's, each as its makers serve it.

Each has a function `highlight` that makes 20 points stand out, and can be dragged. For benchmarks/peers.py.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Content = dict[str, tuple[str, bytes]]  # path → kind and body
Places = NDArray[np.float32]
Groups = NDArray[np.uint8]
Maker = Callable[[Places, Groups, Path, str, Path | None], Content]
HTML, SCRIPT, BINARY, JSON = (
    "text/html; charset=utf-8",
    "text/javascript",
    "application/octet-stream",
    "application/json",
)
GROUPS, LIT = 15, 20


def points(count: int) -> tuple[Places, Groups]:
    """Places (count, 2) in some 135 crowds of 15 groups, and the group of each."""
    rng = np.random.default_rng(0)
    middle = rng.uniform(-0.9, 0.9, (135, 2))
    crowd = rng.choice(135, count, p=(share := rng.pareto(1.5, 135) + 0.3) / share.sum())
    places = middle[crowd] + rng.normal(0, 0.06, (count, 2))
    return np.clip(places, -1, 1).astype(np.float32), (crowd % GROUPS).astype(np.uint8)


def ours(places: Places, groups: Groups, *_: object) -> Content:
    """The map's own scripts, and the routes that they ask."""
    from explorer.export.map_arrays import _MAGIC

    count = len(places)
    blocks = [
        struct.pack("<4I", _MAGIC, count, 1, 0),
        places.astype("<f4").tobytes(),
        np.full(count, 2020, "<i2").tobytes(),
        groups.astype("<u2").tobytes(),
        *3 * [bytes(count)],
    ]
    topics = [
        {"id": group, "label": f"topic {group}", "size": int((groups == group).sum()), "parent": None}
        | dict(zip("xy", map(float, places[groups == group].mean(axis=0)), strict=True))
        for group in range(GROUPS)
    ]
    titles = [{"id": str(row), "title": f"Paper {row}", "year": 2020} for row in range(256)]
    about = {"about": "", "trust": {"share": 50.0, "of": 5, "near": 15, "order": 70.0}}
    content: Content = {
        "/explorer/map/1/points": (BINARY, b"".join(block + b"\0" * (-len(block) % 4) for block in blocks)),
        "/explorer/map/1/topics": (JSON, json.dumps({"levels": [{"topics": topics}]} | about).encode()),
    }
    content |= {
        f"/explorer/map/1/titles/{chunk}": (JSON, json.dumps(titles).encode()) for chunk in range(count // 256 + 1)
    }
    folder = resources.files("explorer.ui.components") / "map"
    for file in folder.iterdir():
        if file.name.endswith(".js"):
            content[f"/map/{file.name}"] = (SCRIPT, file.read_bytes())
    style = (folder / "map.css").read_text(encoding="utf-8")
    lit = json.dumps(list(range(LIT)))
    content["/"] = (
        HTML,
        f"""<!doctype html><style>body{{margin:0}} {style}
.explorer-map{{position:absolute;inset:0;height:900px}}</style><div><div class="explorer-map"></div></div>
<script type="module">import {{ mount }} from "./map/map.js";
const data = {{ version: "1", results: [], neighbours: [], selected: null, query: null, asking: [], ringed: [],
  colour: "topic", mask_url: null, marks_url: null, similarity_url: null, focus: 0, title: "" }};
const component = {{ parentElement: document.body.firstElementChild, data, setTriggerValue() {{}} }};
mount(component);
window.highlight = () => mount({{ ...component, data: {{ ...data, neighbours: [], results: {lit} }} }});
</script>""".encode(),
    )
    return content


def _made(name: str, stored: Path, python: str) -> Content:
    """The page that a package writes, in an interpreter that has it."""
    target = stored.with_suffix(f".{name}.html")
    subprocess.run([python, __file__, name, str(stored), str(target)], check=True, capture_output=True, timeout=600)
    return {"/": (HTML, target.read_bytes())}


def plotly(_: Places, __: Groups, stored: Path, python: str, ___: Path | None) -> Content:
    return _made("plotly", stored, python)


def pydeck(_: Places, __: Groups, stored: Path, python: str, ___: Path | None) -> Content:
    return _made("pydeck", stored, python)


_ATLAS = """<!doctype html><style>body{margin:0}</style><div id="at"></div>
<script type="importmap">{"imports": {"@uwdata/mosaic-core": "./none.js", "@uwdata/mosaic-sql": "./none.js"}}</script>
<script type="module">
import { EmbeddingView } from "./dist/component.js";
const read = async (path) => (await fetch(path)).arrayBuffer();
const [xs, ys, groups] = await Promise.all(["x", "y", "groups"].map(read));
const x = new Float32Array(xs), y = new Float32Array(ys), category = new Uint8Array(groups);
const view = new EmbeddingView(document.getElementById("at"), { data: { x, y, category }, width: 1400, height: 900,
  config: { mode: "points" } });
const selection = Array.from({ length: LIT }, (_, i) => ({ x: x[i], y: y[i], identifier: i }));
window.highlight = () => view.update({ selection });
</script>""".replace("LIT", str(LIT))


def atlas(places: Places, groups: Groups, _: Path, __: str, package: Path | None) -> Content:
    """Its component for arrays; what it imports for tables in a database is left empty."""
    if package is None:
        raise FileNotFoundError("no --atlas FOLDER")
    none = "export const coordinator = null, isSelection = () => false, makeClient = null;"
    content: Content = {
        "/": (HTML, _ATLAS.encode()),
        "/none.js": (SCRIPT, none.encode()),
        "/groups": (BINARY, groups.tobytes()),
    }
    content |= {f"/{axis}": (BINARY, places[:, i].astype("<f4").tobytes()) for i, axis in enumerate("xy")}
    for file in (package / "dist").glob("*.js"):
        content[f"/dist/{file.name}"] = (SCRIPT, file.read_bytes())
    return content


PAGES: dict[str, Maker] = {"Explorer": ours, "plotly scattergl": plotly, "pydeck": pydeck, "Embedding Atlas": atlas}


# --- in the interpreter of the peers --------------------------------------------------------------------------------


def write_plotly(places: Places, groups: Groups, target: str) -> None:
    import plotly.graph_objects as go

    figure = go.Figure(
        go.Scattergl(x=places[:, 0], y=places[:, 1], mode="markers", marker={"size": 3, "color": groups})
    )
    figure.update_layout(width=1400, height=900, dragmode="pan", margin={"l": 0, "r": 0, "t": 0, "b": 0})
    lit = list(range(LIT))
    after = f"window.highlight = () => Plotly.restyle('{{plot_id}}', {{ selectedpoints: [{lit}] }});"
    figure.write_html(target, include_plotlyjs=True, post_script=after)


def write_pydeck(places: Places, groups: Groups, target: str) -> None:
    import pandas
    import pydeck as deck

    frame = pandas.DataFrame({"x": places[:, 0], "y": places[:, 1], "g": groups})
    layer = deck.Layer(
        "ScatterplotLayer", frame, id="points", get_position=["x", "y"], get_fill_color="[20 * g, 120, 255 - 15 * g]",
        get_radius=1, radius_units="'pixels'", radius_min_pixels=1.5, pickable=True, auto_highlight=True,
    )  # fmt: skip
    view = deck.View(type="OrthographicView", controller=True)
    state = deck.ViewState(target=[0, 0], zoom=8.6)
    made = deck.Deck([layer], views=[view], initial_view_state=state, map_provider=None, width=1400, height=900)
    page = made.to_html(as_string=True, offline=True, iframe_width=1400, iframe_height=900)
    lit = list(range(LIT))
    after = f"""<script>window.highlight = () => {{
  const [points] = deckInstance.props.layers, data = {lit}.map((i) => points.props.data[i]);
  deckInstance.setProps({{ layers: [points, points.clone({{ id: "lit", data, radiusMinPixels: 6 }})] }});
}};</script>"""
    Path(target).write_text(page + after, encoding="utf-8")


if __name__ == "__main__":
    with np.load(sys.argv[2]) as points_:
        {"plotly": write_plotly, "pydeck": write_pydeck}[sys.argv[1]](points_["places"], points_["groups"], sys.argv[3])
