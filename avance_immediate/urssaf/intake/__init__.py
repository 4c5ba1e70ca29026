"""From what people type to what Urssaf takes: addresses, communes, names, banks, suggestions."""
