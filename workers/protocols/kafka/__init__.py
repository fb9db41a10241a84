"""Kafka: librdkafka speaks. Deadlines, aborts, egress rules and the meaning of failures are ours."""
