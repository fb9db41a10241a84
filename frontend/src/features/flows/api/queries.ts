import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { get, post, write } from '@/lib/http'
import type { FlowListSearch } from '../search'
import type { Environment, Execution, Flow, FlowPage, Language, Problem, Recent, Saved, StartIn, Version, VersionPage, VersionUses, Words } from './types'

const PAGE = 100
const VERSIONS = 50
const FOUND = 8

export const flowQueries = {
  all: ['flows'] as const,

  list: (search: FlowListSearch) =>
    infiniteQueryOptions({
      queryKey: [...flowQueries.all, 'list', search],
      queryFn: ({ pageParam, signal }) =>
        get<FlowPage>('/flows', { q: search.q, tag: search.tag, suite: search.suite, archived: search.archived ? 'true' : undefined, cursor: pageParam, limit: PAGE }, signal),
      initialPageParam: '',
      getNextPageParam: (page) => page.next,
      placeholderData: keepPreviousData,
    }),

  /** The first few that a text finds. */
  find: (text: string) =>
    queryOptions({
      queryKey: [...flowQueries.all, 'find', text],
      queryFn: async ({ signal }) => (await get<FlowPage>('/flows', { q: text, limit: FOUND }, signal)).items,
      placeholderData: keepPreviousData,
    }),

  /** How these ran lately, by slug. */
  recent: (slugs: readonly string[]) =>
    queryOptions({
      queryKey: [...flowQueries.all, 'recent', slugs],
      queryFn: async ({ signal }) => {
        const found = await get<Recent[]>('/executions/recent', { flow: slugs }, signal)
        return new Map(found.map((one) => [one.flow, one]))
      },
      placeholderData: keepPreviousData,
      enabled: slugs.length > 0,
    }),

  words: queryOptions({
    queryKey: ['flows', 'words'],
    queryFn: ({ signal }) => get<Words>('/flows/-/words', undefined, signal),
    staleTime: 60_000,
  }),

  language: queryOptions({
    queryKey: ['flows', 'language'],
    queryFn: ({ signal }) => get<Language>('/flows/-/language', undefined, signal),
    staleTime: Infinity,
  }),

  flow: (slug: string) =>
    queryOptions({
      queryKey: [...flowQueries.all, 'flow', slug],
      queryFn: ({ signal }) => get<Flow>(`/flows/${encodeURIComponent(slug)}`, undefined, signal),
    }),

  versions: (slug: string) =>
    infiniteQueryOptions({
      queryKey: [...flowQueries.all, 'versions', slug],
      queryFn: ({ pageParam, signal }) => get<VersionPage>(`/flows/${encodeURIComponent(slug)}/versions`, { cursor: pageParam, limit: VERSIONS }, signal),
      initialPageParam: '',
      getNextPageParam: (page) => page.next,
    }),

  version: (slug: string, number: number) =>
    queryOptions({
      queryKey: [...flowQueries.all, 'versionText', slug, number],
      queryFn: ({ signal }) => get<Version>(`/flows/${encodeURIComponent(slug)}/versions/${number}`, undefined, signal),
      staleTime: 60_000,
    }),

  versionUses: (slug: string) =>
    queryOptions({
      queryKey: [...flowQueries.all, 'versionUses', slug],
      queryFn: ({ signal }) => get<VersionUses>('/executions/versions', { flow: slug }, signal),
    }),

  environments: queryOptions({
    queryKey: ['environments', 'list'],
    queryFn: async ({ signal }) => (await get<{ items: Environment[] }>('/environments', undefined, signal)).items,
    staleTime: 30_000,
  }),
}

export async function checkText(text: string, filename: string, environment: string | undefined, signal: AbortSignal): Promise<Problem[]> {
  const body = { text, filename, ...(environment ? { environment } : {}) }
  return (await write<{ problems: Problem[] }>('POST', '/flows/check', body, {}, signal)).problems
}

/** Saves over the text that had this tag; without one, whatever is there. */
export function saveFlow(slug: string, text: string, tag: string | undefined): Promise<Saved> {
  return write<Saved>('PUT', `/flows/${encodeURIComponent(slug)}`, { text, filename: `${slug}.flow.yaml` }, tag ? { 'If-Match': `"${tag}"` } : {})
}

export function createFlow(text: string): Promise<Saved> {
  return write<Saved>('POST', '/flows', { text }, { 'If-None-Match': '*' })
}

export function archiveFlow(slug: string): Promise<null> {
  return write<null>('DELETE', `/flows/${encodeURIComponent(slug)}`)
}

export function unarchiveFlow(slug: string): Promise<unknown> {
  return write('POST', `/flows/${encodeURIComponent(slug)}/unarchive`)
}

export function startFlow(order: Partial<StartIn> & { flow: string }, once: string): Promise<Execution> {
  return post<Execution>('/executions', order, once)
}

/** Its text, and the files that came with it, become the current ones again. */
export async function restoreVersion(slug: string, number: number, tag: string | undefined): Promise<Saved> {
  const version = await get<Version>(`/flows/${encodeURIComponent(slug)}/versions/${number}`)
  const body = { text: version.text, files: version.files, filename: `${slug}.flow.yaml` }
  return write<Saved>('PUT', `/flows/${encodeURIComponent(slug)}`, body, tag ? { 'If-Match': `"${tag}"` } : {})
}
