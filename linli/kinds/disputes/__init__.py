"""Disputes between people settled where they arise (矛盾纠纷): both sides agree to mediation, and keep what they agree.

Serves 人民调解法: free of charge, by consent of each side, which anybody may end at any moment without a reason; the
lawful ways stay open throughout (3, 26). Parties and the mediating body alone see the file.
"""
