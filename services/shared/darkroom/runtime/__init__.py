"""What every service needs to run: AWS clients, queues, an HTTP server, settings, logs, traces and encryption."""
