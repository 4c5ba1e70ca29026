"""What is measured by `make bench`: each module is a process of its own, which prints its figures as JSON."""
