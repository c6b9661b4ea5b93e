"""Explorations on the Compare page: many settings of one training, and what they lead to."""
