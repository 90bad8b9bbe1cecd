"""What can go wrong with space."""


class GeoError(Exception):
    """Something about a place, a box or a geometry cannot be used; the message says what and why."""


class BadBox(GeoError, ValueError):
    """A bounding box that is not four (or six) finite numbers in range."""


class BadPoint(GeoError, ValueError):
    """A longitude or latitude that is not a finite number in range."""


class BadGeometry(GeoError, ValueError):
    """A geometry that GeoJSON or Shapely cannot take."""


class GazetteerError(GeoError):
    """The offline gazetteer cannot be made or opened; the message says what to do."""


class GeocoderUnavailable(GeoError):
    """A network geocoder did not answer; the offline one may."""


class GeocoderRefused(GeocoderUnavailable):
    """A network geocoder does not let us in, as for a wrong key: waiting does not help."""
