"""The screens, one a file with its style sheet beside it. ``modes`` lists those that digits lead to."""
