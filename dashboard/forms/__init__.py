"""Widgets that edit a project: what a person sees on one side, a validated model on the other."""
