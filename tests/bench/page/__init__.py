"""How heavy the page is, and how quickly it follows a hand."""
