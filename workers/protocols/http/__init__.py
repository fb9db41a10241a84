"""HTTP over a Wire: `requests` prepares, `http.client` speaks, the Wire connects, times and cuts off."""
