"""Read by Python as it starts: a process that a test under the layer started gets the layer as well."""

import importlib.util
import sys
from pathlib import Path

spec = importlib.util.spec_from_file_location("windows_layer", Path(__file__).with_name("__init__.py"))
if spec and spec.loader:
    layer = importlib.util.module_from_spec(spec)
    sys.modules["windows_layer"] = layer
    spec.loader.exec_module(layer)
    layer.install()
