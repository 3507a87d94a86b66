"""Hands the events of an extraction to other programs: tables, linked data, grants."""
