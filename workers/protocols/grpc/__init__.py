"""gRPC: grpcio speaks, a Wire carries it."""
