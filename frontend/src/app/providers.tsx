import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { Problem } from '@/lib/http'
import { styleNonce } from '@/lib/nonce'
import { theme } from './theme'

const TRIES = 3

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // What the server refused stays refused; only an absent server is asked again.
      retry: (failures, error) => error instanceof Problem && (error.isUnreachable || error.status >= 500) && failures < TRIES,
      retryDelay: (failures) => Math.min(500 * 2 ** failures, 4000),
      networkMode: 'always',
    },
  },
})

export function Providers({ children }: { children: React.ReactNode }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={styleNonce}>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </MantineProvider>
  )
}
