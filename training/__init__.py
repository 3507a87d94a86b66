"""What learns and measures: the corpus, its checks, the training of segmenter, recogniser and event models."""
