export const PATHS = {
  executions: '/executions',
  execution: '/executions/$executionId',
  compare: '/executions/$executionId/compare',
  workspace: '/workspace',
  workspacePart: '/workspace/$part',
  admin: '/admin/',
} as const
