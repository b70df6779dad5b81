"""What every service process needs to run: AWS clients, queues, an HTTP server, settings, logs, traces and encryption."""
