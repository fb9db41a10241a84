"""Events through Kafka: written with the change they tell of, published once, worked on once."""
