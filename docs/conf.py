"""Settings of Sphinx for the documentation."""

import importlib.metadata

project = "vesicle"
author = "The vesicle developers"
copyright = "the vesicle developers"
release = importlib.metadata.version("vesicle")
extensions = ["myst_parser"]
exclude_patterns = ["_build", "schemas"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = f"vesicle {release}"
html_copy_source = False
