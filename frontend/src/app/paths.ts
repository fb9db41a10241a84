export const PATHS = {
  executions: '/executions',
  execution: '/executions/$executionId',
  compare: '/executions/$executionId/compare',
  workspace: '/workspace',
  workspacePart: '/workspace/$part',
  schedules: '/schedules',
  newSchedule: '/schedules/new',
  schedule: '/schedules/$scheduleId',
  admin: '/admin/',
} as const
