"""How files arrive: archives opened, the landing folder, seals, and what is left at the door."""
