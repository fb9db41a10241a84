import type { components } from '@/lib/schema.gen'

type Schemas = components['schemas']

export type Execution = Schemas['ExecutionOut'] & ListExtras
export type Snapshot = Omit<Schemas['SnapshotOut'], 'execution'> & { execution: Execution }
export type StepRun = Schemas['StepRunOut']
export type StepPage = Schemas['StepPage']
export type PlannedStep = Schemas['PlannedStepOut']
export type FlowVersion = Schemas['VersionOut']
export type AttemptLine = Schemas['AttemptLineOut']
export type Histogram = Schemas['HistogramOut']
export type Failure = Schemas['Failure']
export type RerunIn = Schemas['RerunIn']
export type Shortened = Schemas['ShortenedOut']
export type Piece = Schemas['PieceOut']
export type BulkIn = Schemas['BulkIn']
export type BulkOut = Schemas['BulkOut']
export type Facts = Schemas['FactsOut']

/** What a list row may also tell; each is drawn when it is there. */
interface ListExtras {
  strip?: string[] | null
  usual_ms?: number | null
}

export interface ExecutionPage {
  items: Execution[]
  next: string | null
  searched_to?: string | null
}

export interface Assertion {
  expression: string
  passed: boolean
  held: boolean
  actual: unknown
  expected: unknown
  message: string
  operator: string | null
  line: number | null
  group: string
  error: string | null
  notes: string[]
  parts: { source: string; value: unknown }[]
}

export interface Captured {
  name: string
  path: string
  value: unknown
  source: string
}

export interface Read {
  name: string
  source: string
}

export type Attempt = Omit<
  Schemas['AttemptOut'],
  'assertions' | 'captured' | 'reads' | 'timing' | 'condition' | 'request' | 'response' | 'draws'
> & {
  assertions: Assertion[]
  captured: Captured[]
  reads: Read[]
  timing: Record<string, number> | null
  condition: unknown
  request: unknown
  response: unknown
  draws: unknown
}

export type StepDetail = Omit<Schemas['StepDetailOut'], 'attempts'> & { attempts: Attempt[] }
