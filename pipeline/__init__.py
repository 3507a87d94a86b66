"""Reads Chinese bulletins about paired assistance and writes one JSON object per event."""
