"""The labelling desk: doccano between the model's pre-labels and a better model."""
