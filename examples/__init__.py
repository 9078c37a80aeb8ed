"""Executed examples: each makes a picture and is asserted by numbers (`tools/gallery.py`)."""
