"""Classical learning: regression, clustering, principal components, trees."""
