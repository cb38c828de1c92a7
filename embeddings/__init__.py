"""Text to vectors, vectors to neighbours. Knows nothing of papers, files of papers, or Streamlit.

Importing this package loads neither torch nor FAISS.
"""
