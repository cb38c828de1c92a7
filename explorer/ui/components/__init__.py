"""What several pages draw: cards, the map, tables."""
