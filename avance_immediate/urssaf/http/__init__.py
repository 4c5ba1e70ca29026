"""What any API of Urssaf has in common: gateway, token, errors, call log, masking."""
