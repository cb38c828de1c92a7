"""What Windows refuses: files that are open are neither moved nor deleted, names are names there, text may be cp1252.

`make windows` runs the fast tests of whole rooms behind the same layer; here stands what they do not ask.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT
from embeddings.toy import ToyEncoder
from explorer.export.site import write_site
from explorer.library import Library
from support import windows
from support.papers import related

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(windows.HERE), str(ROOT)])}
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the layer looks into /proc"),
]


def run(*command, encoding="cp1252"):
    """A process behind the layer: its exit code, stdout and stderr."""
    environment = {**ENVIRONMENT, "PYTHONIOENCODING": encoding}
    done = subprocess.run([sys.executable, *map(str, command)], capture_output=True, env=environment)
    return done.returncode, done.stdout.decode(encoding), done.stderr.decode(encoding)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("windows") / "library"
    with Library.open(folder, encoder=ToyEncoder()) as library:
        library.add(related(30))
    return folder


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("file = open('kept'); os.unlink('kept')", "PermissionError"),
        ("file = open('kept'); os.replace('new', 'kept')", "PermissionError"),
        ("array = numpy.load('in/array.npy', mmap_mode='r'); os.rename('in', 'out')", "PermissionError"),
        ("array = numpy.load('in/array.npy', mmap_mode='r'); del array; os.rename('in', 'out')", ""),
        ("os.rename('new', 'kept')", "FileExistsError"),
        ("os.mkdir('Kept')", "OSError"),
        ("open('aux.txt', 'w')", "OSError"),
        ("open('a:b', 'w')", "OSError"),
        ("open('ends.', 'w')", "OSError"),
        ("os.mkdir('n' * 250)", "OSError"),
        ("open('greek', 'w').write('\\u03b1')", "UnicodeEncodeError"),
        ("import fcntl", "ModuleNotFoundError"),
    ],
)
def test_the_layer_refuses_what_windows_refuses(code, error, tmp_path):
    for name in ("kept", "new"):
        (tmp_path / name).write_text("text")
    own = f"import os, numpy; os.chdir({str(tmp_path)!r}); __name__ = 'explorer.tried'; os.mkdir('in')"
    own += f"\nnumpy.save('in/array.npy', numpy.arange(9))\n{code}"
    status, _, words = run("-c", own)
    assert (status, words.strip().splitlines()[-1:][:1]) == (0, []) if not error else status == 1
    assert not error or words.strip().splitlines()[-1].split(":")[0].split(".")[-1] == error


def test_a_library_grows_and_is_drawn_anew_while_another_reads_it(tmp_path):
    files = []
    for n in range(4):
        records = (
            f"@article{{k{m}, title={{Rivers {m}}}, abstract={{words of {m}}}}}" for m in range(20 * n, 20 * n + 20)
        )
        files.append(tmp_path / f"{n}.bib")
        files[-1].write_text("\n".join(records), encoding="utf-8")
    code = """if True:
        import sys
        from pathlib import Path
        from embeddings.toy import ToyEncoder
        from explorer.library import Library
        folder, first, second, third, fourth = sys.argv[1:]
        with Library.open(folder, encoder=ToyEncoder()) as library:
            library.add(first)
            with Library.open(folder, write=False) as reader:
                before = [each.paper.id for each in reader.search("rivers", k=9)]
                library.add(second)
                library.redraw()
                library.add(third)
                assert len(reader.snapshot.papers()) == 60 and before
                held = len([*Path(folder, "derived").iterdir()])
            library.add(fourth)
            assert len([*library.search("rivers", k=80)]) == 80
        with Library.open(folder, encoder=ToyEncoder()) as library:
            library.redraw()
            library.build()
            left = [path.name for path in Path(folder, "derived").iterdir() if path.name[0] != "."]
            assert len(left) <= 2, left
    """
    assert run("-c", code, tmp_path / "library", *files) == (0, "", "")


def test_a_place_that_another_program_holds_open_is_told_so(tmp_path):
    code = f"""if True:
        __name__ = "explorer.tried"
        import os
        from explorer.rights import sentence_of
        file = open({str(tmp_path / "kept")!r}, "w")
        try:
            os.unlink(file.name)
        except OSError as error:
            print(sentence_of(error))
    """
    status, out, _ = run("-c", code)
    assert (status, "another program has it open; close that program" in out) == (0, True)


def test_every_name_below_a_library_and_a_page_is_one_that_windows_has(folder, tmp_path):
    with Library.open(folder, write=False) as library:
        write_site(library, tmp_path / "page")
    for top in (folder, tmp_path / "page"):
        paths = [path.relative_to(top) for path in top.rglob("*")]
        assert paths
        assert len({str(path).casefold() for path in paths}) == len(paths)
        assert max(len(str(path)) for path in paths) <= 100  # the rest of 259 is for the folder
        for path in paths:
            assert not re.search(r'[<>:"|?*\\]|[. ]$', path.name) and not windows.RESERVED.fullmatch(path.name)


GREEK = "Ροές ποταμών 河流 → ∞ 𝔸"


@pytest.fixture(scope="module")
def greek(tmp_path_factory):
    folder = tmp_path_factory.mktemp("greek")
    records = (f"@article{{k{n}, title={{{GREEK} {n}}}, abstract={{rivers {n}}}}}" for n in range(20))
    (folder / "a.bib").write_text("\n".join(records), encoding="utf-8")
    with Library.open(folder / "library", encoder=ToyEncoder()) as library:
        library.add(folder / "a.bib")
    return folder / "library"


@pytest.mark.parametrize("command", [["search", "rivers"], ["topics"], ["info", "--methods"], ["export"]])
def test_what_cp1252_lacks_is_printed_somehow(command, greek, tmp_path):
    more = ["-o", tmp_path / "out.bib"] if command == ["export"] else []
    status, out, words = run("-m", "explorer", *command, *more, "--library", greek)
    assert (status, "Traceback" in words, bool(out) or bool(more)) == (0, False, True)
    assert not more or GREEK in more[1].read_text(encoding="utf-8")


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_what_a_program_reads_is_the_same_whatever_the_screen_has(encoding, greek):
    status, out, _ = run("-m", "explorer", "search", "rivers", "--json", "--library", greek, encoding=encoding)
    assert (status, GREEK in json.loads(out)["results"][0]["title"]) == (0, True)
    command = [sys.executable, "-m", "explorer", "search", "rivers", "--csv", "--library", str(greek)]
    done = subprocess.run(command, capture_output=True, env={**ENVIRONMENT, "PYTHONIOENCODING": encoding})
    assert (done.returncode, GREEK in done.stdout.decode("utf-8")) == (0, True)


def test_no_text_is_read_or_written_in_the_encoding_of_the_machine(tmp_path):
    """Python warns wherever `open` is left to guess; a warning from our own code fails."""
    bib = tmp_path / "a.bib"
    bib.write_text("@article{k, title={On rivers}, abstract={words}, year={2020}}", encoding="utf-8")
    code = "import sys; from embeddings import encoder, toy; from explorer.cli.main import main; sys.exit(main())"
    for command in (["add", bib], ["search", "rivers"], ["info", "--json"], ["export", "-o", tmp_path / "out.ris"]):
        arguments = ["-X", "warn_default_encoding", "-W", "always::EncodingWarning", "-c", code, *command]
        status, _, words = run(*arguments, "--library", tmp_path / "library")
        assert status == 0, words
        own = [line for line in words.splitlines() if "EncodingWarning" in line]
        assert [line for line in own if str(Path(ROOT, "explorer")) in line or str(ROOT / "embeddings") in line] == []
