import { createTheme } from '@mantine/core'

/** The components take our tokens; their own palette is not used. */
export const theme = createTheme({
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  defaultRadius: 6,
  respectReducedMotion: true,
  components: {
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 120 }, position: 'bottom-end' } },
    Modal: { defaultProps: { lockScroll: false, transitionProps: { duration: 120 }, centered: true } },
  },
})
