# Requests about own data.
