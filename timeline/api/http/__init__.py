"""What happens before and after any handler: ASGI layers, authentication, problems, ETags, conditional requests.

Any route may import from here; knows no view of events.
"""
