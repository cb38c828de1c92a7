"""Why two texts are close."""
