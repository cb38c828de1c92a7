"""The scripts of the map that need no browser pass their unit tests under node."""

import subprocess

from support.node import NEEDED, NODE


@NEEDED
def test_the_unit_tests_of_the_map_pass():
    done = subprocess.run([NODE, "--test", "tests/ui/map/"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "# pass 0" not in done.stdout
