"""What is said about a layer, a model, a summary table: the words and the tables on the screen."""
