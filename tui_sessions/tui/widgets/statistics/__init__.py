"""What the statistics screen is drawn with: rows with bars, a picture over time, a map of the week."""
