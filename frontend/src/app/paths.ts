export const PATHS = { executions: '/executions', execution: '/executions/$executionId', compare: '/executions/$executionId/compare', admin: '/admin/' } as const
