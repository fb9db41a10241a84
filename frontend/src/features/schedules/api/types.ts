import type { components } from '@/lib/schema.gen'

type Schemas = components['schemas']

export type Schedule = Schemas['ScheduleOut']
export type SchedulePage = Schemas['SchedulePage']
export type ScheduleIn = Schemas['ScheduleIn']
export type Preview = Schemas['PreviewOut']
export type RunTime = Schemas['RunTimeOut']
export type Slot = Schemas['SlotOut']
export type SlotPage = Schemas['SlotPage']
export type Execution = Schemas['ExecutionOut']
