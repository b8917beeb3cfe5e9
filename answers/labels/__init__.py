"""Labels and their quality: annotators who disagree, errors in data sets, metrics."""
