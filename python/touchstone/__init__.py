"""The Python side of Touchstone: makes the models of `fixtures/` and dumps their golden tensors from Hugging Face."""
