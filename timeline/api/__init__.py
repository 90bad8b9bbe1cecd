"""The API: a query string becomes a Filter, the store returns events, and a writer turns them into a response.

Import the handlers of each folder in timeline.app. The folders import one way: description → (editors, site) →
events → http → params; basemap, places and health are on the same level as events.
"""
