import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core'

/** Turns light to dark and back; `words` say to which. */
export function useTheme(): { words: string; turn: () => void } {
  const scheme = useComputedColorScheme('light')
  const { setColorScheme } = useMantineColorScheme()
  const other = scheme === 'dark' ? 'light' : 'dark'
  return { words: `Use the ${other} theme`, turn: () => setColorScheme(other) }
}
