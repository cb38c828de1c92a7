"""From the neighbour graph to places, topics and their labels."""
