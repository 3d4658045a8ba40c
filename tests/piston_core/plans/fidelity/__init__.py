"""What a handler shows of a model is what the model's instances say, for any model, fields and queryset."""
