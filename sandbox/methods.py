"""The verbs of HTTP: a vendor's door hears them all, and says itself which it does not know."""

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
