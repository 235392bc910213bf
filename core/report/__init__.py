"""The report for the team meeting: one HTML file that opens anywhere, without a network."""
