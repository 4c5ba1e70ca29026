"""Money and books, where a company and its branches change."""
