import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { flowQueries } from '../api/queries'
import type { Vocabulary } from '../editor/completion'

/** The language, and the names of an environment; null until the server has told. */
export function useVocabulary(environment: string): Vocabulary | null {
  const language = useQuery(flowQueries.language)
  const environments = useQuery(flowQueries.environments)
  return useMemo(() => {
    if (!language.data) return null
    const chosen = environments.data?.find((one) => one.name === environment)
    const names = chosen ? [...Object.keys(chosen.variables), ...chosen.secrets.map((one) => one.name)] : []
    const { flow_schema, builtins, functions } = language.data
    return { schema: flow_schema, builtins, functions, environment: names }
  }, [language.data, environments.data, environment])
}
