"""The recogniser: labelled spans of Chinese text, from character features through convolutions and a CRF."""

from pipeline.recognise.recogniser import ModelError, Recogniser, load_recogniser

__all__ = ["ModelError", "Recogniser", "load_recogniser"]
