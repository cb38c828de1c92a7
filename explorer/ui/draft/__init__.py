"""What the page Draft is made of, beside the page itself."""
