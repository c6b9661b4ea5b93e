"""Forms about pictures: which, what is known of them, and how a model is trained on them."""
