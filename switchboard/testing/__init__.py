"""What plug-in authors test with: fakes that are small true implementations, and contract suites."""
