"""Errors about space: boxes, points, geometries, the gazetteer and geocoders."""


class GeoError(Exception):
    """A place, box or geometry cannot be used; the message says which and why."""


class BadBox(GeoError, ValueError):
    """A bounding box is not four (or six) finite numbers in range.

    The message says only what is wrong: the caller adds what is expected, in the syntax of its parameter.
    """


class BadPoint(GeoError, ValueError):
    """A longitude or latitude is not a finite number in range."""


class BadGeometry(GeoError, ValueError):
    """A geometry is not valid GeoJSON, WKT or WKB, or Shapely cannot use it."""


class GazetteerError(GeoError):
    """The offline gazetteer cannot be compiled or opened; the message says what to do."""


class GeocoderUnavailable(GeoError):
    """A network geocoder did not answer; the offline gazetteer still can."""


class GeocoderRefused(GeocoderUnavailable):
    """A network geocoder refuses the requests, as for a wrong key: waiting does not help."""
