"""How records become rows: known ones found, erased and failing ones kept out."""
