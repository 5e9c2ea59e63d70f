"""The program on a weak machine: a fifth of one processor and 256 MB, beside Textual alone."""
