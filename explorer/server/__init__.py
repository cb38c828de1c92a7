"""What the app's pages and routes share: the open library, background jobs, uploads, HTTP routes. No Streamlit."""
