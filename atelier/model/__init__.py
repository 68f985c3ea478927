"""The field's nouns: frozen values without I/O. Imports nothing of Atelier but `errors`."""
