"""Regions: what some papers are about against all others, and two sets of papers side by side."""
