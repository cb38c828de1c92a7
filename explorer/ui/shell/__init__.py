"""What Streamlit runs: the door for an installed package, and the page script.

Not beside `pages/`: Streamlit takes a folder of that name beside its script for pages of its own older kind.
"""
