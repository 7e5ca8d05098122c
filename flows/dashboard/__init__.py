"""The dashboard: marts in, one HTML file out that opens offline from a mail attachment."""
