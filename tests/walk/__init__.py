"""Every page of every role in a real browser: narrow and wide, Chinese and English, normal and large type."""
