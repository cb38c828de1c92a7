"""A library as a page that needs no server: a folder that opens from a disk or any host, with map, list and search.

Holds what goes into the files; what the browser does with them stands in page/. Always true: nothing that a user noted
about papers, and no path of a machine, is written; a folder that is not such a page is never replaced.
"""

from explorer.export.site.site import MARK, Options, Written, write_site

__all__ = ["MARK", "Options", "Written", "write_site"]
