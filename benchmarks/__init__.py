"""Measurements that people run by hand; nothing of the project imports them."""
