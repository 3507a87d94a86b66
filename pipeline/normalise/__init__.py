"""The rule layer: amounts, dates, places and names read from text as values a program can add up."""
