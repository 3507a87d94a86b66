"""Shows the output of an extraction as one page of HTML that needs no network."""
