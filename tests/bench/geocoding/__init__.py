"""How often the geocoder is right, how often it is boldly wrong, how fast it is and what it costs."""
