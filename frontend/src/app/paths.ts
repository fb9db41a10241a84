export const PATHS = { executions: '/executions', execution: '/executions/$executionId', admin: '/admin/' } as const
