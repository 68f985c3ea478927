"""Letters out of the house: by SMTP, or by nothing. May import errors, model, settings, files."""
