#!/bin/sh
# Writes the report of a small generated shop to $1; STOREFRONT is the program.
"$STOREFRONT" --people 600 --out "$1.shop" >"$1.said" && mv "$1.shop/report.html" "$1"
