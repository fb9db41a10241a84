"""The numbers Stepwell is measured by. bench/README.md has the list."""
