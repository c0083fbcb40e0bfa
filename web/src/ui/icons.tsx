// Our own small set of icons, drawn on 20 × 20, in the colour of the text. Always beside a word or
// inside something that has a name.
const PATHS = {
  experience: 'M3 16.500h14M5 13.500V9m5 4.500V4m5 9.500V7',
  import:
    'M10 3v9m0 0 3.500-3.500M10 12 6.500 8.500M3.500 13v2.500A1.500 1.500 0 0 0 5 17h10a1.500 1.500 0 0 0 1.500-1.500V13',
  settings:
    'M3 6h7m4 0h3M3 14h3m4 0h7M12 4.250a1.750 1.750 0 1 1 0 3.500 1.750 1.750 0 0 1 0-3.500M8 12.250a1.750 1.750 0 1 1 0 3.500 1.750 1.750 0 0 1 0-3.500',
  rail: 'M3.500 4h13v12h-13zM8 4v12',
  search: 'M9 3.500a5.500 5.500 0 1 1 0 11 5.500 5.500 0 0 1 0-11m4 9.500 3.500 3.500',
  help: 'M7.500 7.500a2.500 2.500 0 1 1 3.600 2.250c-.700.350-1.100.800-1.100 1.750m0 2.700v.100M10 2.500a7.500 7.500 0 1 1 0 15 7.500 7.500 0 0 1 0-15',
  close: 'm5 5 10 10M15 5 5 15',
  person:
    'M10 3.500a3 3 0 1 1 0 6 3 3 0 0 1 0-6M4 16.500c.500-3 3-4.500 6-4.500s5.500 1.500 6 4.500',
  down: 'm6 8 4 4 4-4',
  back: 'm12 5-5 5 5 5',
  forward: 'm8 5 5 5-5 5',
  up_arrow: 'M10 16V4m0 0L5.500 8.500M10 4l4.500 4.500',
  down_arrow: 'M10 4v12m0 0 4.500-4.500M10 16l-4.500-4.500',
  plus: 'M10 4v12M4 10h12',
  check: 'm4.500 10.500 3.500 3.500 7.500-8',
  copy: 'M7 7h9v9H7zM4 13V4h9',
  filter: 'M3 5h14M6 10h8m-5.500 5h3',
  file: 'M5 2.500h6.500L15 6v11.500H5zM11.500 2.500V6H15',
  message: 'M3.500 4.500h13v9H9L5.500 16.500v-3h-2z',
  list: 'M3.500 5.500h13m-13 4.500h13m-13 4.500h13',
  chart: 'm3 14 4-5 4 3 6-7',
} as const;

export type IconName = keyof typeof PATHS;
const MIRRORED: IconName[] = ['back', 'forward', 'rail', 'message', 'list'];

export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      className={MIRRORED.includes(name) ? 'icon icon-mirrored' : 'icon'}
      viewBox="0 0 20 20"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
