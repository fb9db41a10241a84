import type { components } from '@/lib/schema.gen'

type Schemas = components['schemas']

export type Environment = Schemas['EnvironmentOut']
export type EnvironmentIn = Schemas['EnvironmentIn']
export type Usage = Schemas['EnvironmentUsageOut']
