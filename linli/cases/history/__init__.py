"""Bringing history in (历史数据导入): maps say what a file's columns mean, and rows become pasts."""
