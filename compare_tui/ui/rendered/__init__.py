"""A finished answer as it is read: Markdown, code, tables, formulas and JSON as rows."""
