"""Solid bodies beside the metal, and the contact between them."""

from femna import backend as backend
