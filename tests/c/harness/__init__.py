"""What tests/c/run is made of. Standard library only."""
