"""Exchange by sheet (Excel, CSV): what another system exports comes in by a map, our replies go back in its form."""
