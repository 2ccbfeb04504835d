"""Sharing documents: who sees what, until when, and what is left when one is taken back."""
