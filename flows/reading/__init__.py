"""What the sources read with: tables of every kind, XML, JSON and times."""
