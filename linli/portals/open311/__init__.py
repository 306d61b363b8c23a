"""Open311 GeoReport v2, with the updates extension of FixMyStreet: the door for outside apps, in XML and JSON."""
