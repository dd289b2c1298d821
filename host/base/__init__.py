"""What every room of the host needs: errors, the clock, texts, documents."""
