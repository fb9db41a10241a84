import { flow } from './flow'
import { grpc } from './grpc'
import { http } from './http'
import { kafka } from './kafka'
import { plain } from './plain'
import { redis } from './redis'
import { sql } from './sql'
import type { Viewer } from './viewer'

const VIEWERS: Record<string, Viewer> = {
  http_request: http,
  database_query: sql,
  redis_get: redis,
  redis_set: redis,
  redis_del: redis,
  redis_exists: redis,
  kafka_producer: kafka,
  kafka_consumer: kafka,
  grpc_call: grpc,
  grpc_stream: grpc,
  run_flow: flow,
}

export function viewerOf(action: string): Viewer {
  return Object.hasOwn(VIEWERS, action) ? (VIEWERS[action] ?? plain) : plain
}
