"""One reader a file format: bytes in, texts with what the file says of them out; the table of them is in :mod:`pipeline.documents`."""
