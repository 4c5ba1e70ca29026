"""What people type about a client, and how it becomes the person that Urssaf is given."""
