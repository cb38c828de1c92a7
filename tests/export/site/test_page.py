"""The scripts of a page without a server compute what Python computes."""

import subprocess

import numpy as np
import pytest

from embeddings import bundled
from embeddings.legibility import Legibility
from embeddings.wordpieces import WordPieces
from explorer.export.site.model import RoundedWeights, page_encoder, page_model, rounded
from explorer.export.site.pack import pack, script, script_data, squeezed
from support.node import NEEDED, NODE, evaluated

TEXTS = [
    "spin glass",
    "How do agents learn to play Minecraft from videos?",
    "Ünïcode café 中文 [MASK] naïve—dash… x²  Ω\tend",
    "E = mc² & <b>bold</b> \N{ZERO WIDTH SPACE}joined \N{REPLACEMENT CHARACTER} don’t",
    "ǅ ﬁne Ǆ ß ſ İstanbul ΣΑΣ",
    "한국어 검색 ไทย हिन्दी العربية עברית",
    "supercalifragilisticexpialidocious " + "a" * 120,
    "neural machine translation " * 120,
    "",
]


@NEEDED
def test_the_unit_tests_of_the_scripts_pass():
    done = subprocess.run([NODE, "--test", "tests/export/site/"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "# pass 0" not in done.stdout


def test_a_script_holds_every_byte_and_pairs_of_them():
    pairs = np.stack(np.meshgrid(np.arange(256), np.arange(256)), axis=2).astype(np.uint8).tobytes()
    written = script("all", pairs)
    assert script_data(written) == pairs
    assert b"\n" not in written[:-1]
    assert b"\r" not in written
    with pytest.raises(ValueError, match="no data"):
        script_data(b"alert(1)")


@NEEDED
def test_a_script_gives_its_bytes_to_the_page(tmp_path):
    bytes_ = bytes(range(256)) * 2 + b"\\'\n\r\\\\n"
    (tmp_path / "data.js").write_bytes(script("all", bytes_))
    # As a browser decodes x-user-defined.
    read = """{
      const letter = (byte) => String.fromCharCode(byte < 128 ? byte : 0xf700 + byte);
      const text = [...fs.readFileSync(path)].map(letter).join("");
      let taken;
      new Function("explorerSite", text)({ take: (name, data) => { taken = [name, ...inBytes(data)]; } });
      return { taken, fetched: [...inScript(new Uint8Array(fs.readFileSync(path)))] };
    }"""
    made = evaluated({"files.js": "inBytes, inScript"}, read, tmp_path, path=str(tmp_path / "data.js"))
    assert made == {"taken": ["all", *bytes_], "fetched": list(bytes_)}


@NEEDED
def test_packed_arrays_come_back_in_the_page(tmp_path):
    values = {
        "bytes": np.arange(5, dtype=np.uint8),
        "nought": np.zeros(0, np.int16),
        "real": np.array([0.5, -2], np.float32),
    }
    (tmp_path / "file").write_bytes(squeezed(pack({**values, "said": {"é": [1, None]}})))
    read = """{
      const made = unpack(await inflated(new Uint8Array(fs.readFileSync(path))));
      for (const name of ["bytes", "nought", "real"]) made[name] = [...made[name]];
      return made;
    }"""
    made = evaluated({"files.js": "inflated", "pack.js": "unpack"}, read, tmp_path, path=str(tmp_path / "file"))
    assert made == {"bytes": [0, 1, 2, 3, 4], "nought": [], "real": [0.5, -2], "said": {"é": [1, None]}}


def test_rounded_rows_are_off_by_half_a_step_at_most():
    matrix = np.random.default_rng(0).normal(size=(20, 30)).astype(np.float32)
    matrix[3] = 0
    numbers, scales = rounded(matrix, 31)
    assert np.abs(numbers).max() == 31
    assert np.abs(numbers * scales[:, None] - matrix).max() <= np.abs(matrix).max() / 31 / 2 + 1e-6
    assert (numbers[3] == 0).all()


@NEEDED
@pytest.mark.slow
def test_the_page_cuts_texts_into_the_pieces_of_the_tokenizer(tmp_path, real_encoder):
    pieces, expected = WordPieces(bundled.folder()), []
    for text in TEXTS:
        [[numbers]] = [made.pieces for made in pieces.passes([text], 512)]
        expected.append(numbers)
    words, _ = page_model()
    read = """{
      const pieces = new WordPieces(vocabulary);
      return [texts.map((text) => pieces.numbered(text)), texts.map((text) => pieces.reads(text))];
    }"""
    made = evaluated({"wordpieces.js": "WordPieces"}, read, tmp_path, vocabulary=words["pieces"], texts=TEXTS)
    assert made[0] == expected
    legible = Legibility.of(real_encoder)
    assert made[1] == [legible.reads(text) for text in TEXTS]
    assert not all(made[1])


@NEEDED
@pytest.mark.slow
def test_the_page_computes_the_vectors_of_the_rounded_model_which_are_near_to_the_whole_one(tmp_path, real_encoder):
    words, layers = page_model()
    (tmp_path / "model").write_bytes(pack({**words, **layers}))
    read = """{
      const model = unpack(new Uint8Array(fs.readFileSync(path))), pieces = new WordPieces(model.pieces), made = [];
      for (const text of texts) made.push([...await new Encoder(model).encode(pieces.numbered(text))]);
      return made;
    }"""
    imports = {"pack.js": "unpack", "encoder.js": "Encoder", "wordpieces.js": "WordPieces"}
    made = np.array(evaluated(imports, read, tmp_path, path=str(tmp_path / "model"), texts=TEXTS))
    assert np.abs(made - page_encoder().encode(TEXTS)).max() < 1e-5
    assert (made[:2] * real_encoder.encode(TEXTS[:2])).sum(axis=1).min() > 0.998


@pytest.mark.slow
def test_rounded_weights_are_those_of_the_page():
    words, layers = page_model()
    weights = RoundedWeights(bundled.folder())
    name = "encoder.layer.2.intermediate.dense.weight"
    assert (layers["2.wide"] * layers["2.wide.scales"][:, None] == weights.get_tensor(name)).all()
    assert np.abs(words["words"]).max() == 31
