"""What the words mean: values and folds, without input or output, without a clock."""
