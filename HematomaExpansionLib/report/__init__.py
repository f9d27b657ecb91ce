"""Say the result to a person: tables, figures, HTML and PDF."""
