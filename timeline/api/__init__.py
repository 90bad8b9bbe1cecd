"""The API: a query string becomes a Filter, the store answers, a writer shapes, and the answer is sent."""
