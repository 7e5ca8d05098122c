"""Shares that hold: what a model said of many comments in, corrected shares with intervals out."""
