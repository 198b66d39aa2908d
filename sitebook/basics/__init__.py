"""What every area may use: money, periods, the word no. No models, no rules of the trade."""
