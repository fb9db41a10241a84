import type { components } from '@/lib/schema.gen'

type Schemas = components['schemas']

export type Tile = Schemas['Tile']
export type Trend = Schemas['Trend']
export type TrendPoint = Schemas['TrendPoint']
export type RateCounts = Schemas['RateCounts']
export type FlowRate = Schemas['FlowRate']
export type FlakyStep = Schemas['FlakyStep']
export type Incident = Schemas['Incident']
export type Group = Schemas['GroupRow']
export type GroupPage = Schemas['GroupPage']
export type Words = Schemas['WordsOut']
export type Quarantine = Schemas['QuarantineOut']
