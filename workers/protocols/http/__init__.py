"""HTTP over a Wire: `requests` prepares and reads, the Wire connects, times and cuts off."""
