# Holds, disclosures, providers, tax vault, incidents.
