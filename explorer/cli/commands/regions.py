"""Regions: what a topic or any set of papers is about, two of them side by side.

Always true: a set is named by a topic or by conditions as in the search box; nothing is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from explorer.cli import region_tables
from explorer.cli.options import JSON, command, joined, reads
from explorer.cli.tables import print_json
from explorer.export.region_shapes import of_portrait, of_regions

if TYPE_CHECKING:
    from explorer.library import Library

_REGION = 'a topic, or conditions as in a search: topic:"…", year:2015..2018, in:"…", file:…, author:…'


@command(reads, JSON)
@click.argument("region", nargs=-1, required=True, callback=joined, metavar="REGION...", help=_REGION)
def about(library: Library, region: str, as_json: bool) -> None:
    """Tell what a topic or a set of papers is about, against all others."""
    portrait = of_portrait(library.regions.portrait(library.regions.named(region)))
    if as_json:
        print_json(portrait)
    else:
        region_tables.portrait(region, portrait)


@command(reads, JSON)
@click.argument("first", metavar="FIRST", help=_REGION)
@click.argument("second", metavar="SECOND", help="what it is compared with, named likewise")
def compare(library: Library, first: str, second: str, as_json: bool) -> None:
    """Compare two topics or sets of papers: their words, and where on the map each has more."""
    regions = library.regions
    comparison = of_regions(regions.comparison(regions.named(first), regions.named(second)))
    if as_json:
        print_json(comparison)
    else:
        region_tables.comparison(first, second, comparison)
