"""Creates the models in `fixtures/` and computes their expected results with Hugging Face."""
