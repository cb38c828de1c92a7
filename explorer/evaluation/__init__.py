"""How right search and map are: on labelled sets, and on one's own library."""
