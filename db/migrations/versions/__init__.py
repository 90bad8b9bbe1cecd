"""The migrations, a module for each revision of the schema."""
