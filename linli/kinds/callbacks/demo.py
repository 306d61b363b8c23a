"""Believable examples for the demo county."""

TEXTS = ["眼睛不好，打字不方便，想问问楼道扶手的事，请打电话给我。"]
