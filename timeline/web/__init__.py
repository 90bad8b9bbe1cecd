"""The pages that browsers see: rendered on the server, readable without JavaScript, self-contained."""
