// The mapping editor: the first rows of the file, and above each column what it is.
import { t, tMaybe } from '../i18n.ts';
import { Code, Field, Select } from '../ui/basics.tsx';
import { ATTRIBUTE, CHOICES, FIELDS, guessTimeFormat, type Preview } from './csv.ts';
import {
  type Constant,
  CONSTANTS,
  type ImportMap,
  mapJson,
  timeSamples,
  type Words,
  wordsToTell,
} from './map.ts';

interface EditorProps {
  preview: Preview;
  map: ImportMap;
  onChange: (map: ImportMap) => void;
  fileName: string;
  zone: string;
}

const ROWS_SHOWN = 5;

export function MapEditor({ preview, map, onChange, fileName, zone }: EditorProps) {
  const setColumn = (name: string, field: string) => {
    const next = { ...map, columns: { ...map.columns, [name]: field } };
    const isTime = field === 'at' || map.columns[name] === 'at';
    onChange(isTime ? { ...next, timeFormat: guessTimeFormat(timeSamples(preview, next)) } : next);
  };
  const command = `rapport import ${quote(fileName)} --format csv --map map.json --zone ${zone}`;
  return (
    <section className="form" aria-labelledby="map-title">
      <h2 id="map-title">{t('map.title')}</h2>
      <p className="muted">{t('map.intro')}</p>
      <Columns preview={preview} map={map} onColumn={setColumn} />
      <div className="form-row">
        <Field
          label={t('map.time_format')}
          value={map.timeFormat}
          onChange={(timeFormat) => onChange({ ...map, timeFormat })}
          hint={t('map.time_hint')}
        />
        <Constants map={map} onChange={onChange} />
      </div>
      {wordsToTell(preview, map).map((words) => (
        <WordsEditor key={words.field} words={words} map={map} onChange={onChange} />
      ))}
      <details className="how">
        <summary>{t('map.for_cli')}</summary>
        <p className="muted">{t('map.save_as')}</p>
        <Code text={mapJson(map)} label="map.json" />
        <Code text={command} label={t('map.for_cli')} />
      </details>
    </section>
  );
}

const quote = (name: string) =>
  /^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;

interface ColumnsProps {
  preview: Preview;
  map: ImportMap;
  onColumn: (name: string, field: string) => void;
}

function Columns({ preview, map, onColumn }: ColumnsProps) {
  const options = [
    { id: '', label: t('map.leave_out') },
    ...FIELDS.map((field) => ({ id: field, label: t(`field.map.${field}`) })),
    { id: ATTRIBUTE, label: t('map.attribute') },
  ];
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={t('trend.table')}>
      <table className="table map-table">
        <thead>
          <tr>
            {preview.header.map((name) => (
              <th key={name} scope="col" data-used={map.columns[name] ? true : undefined}>
                <bdi>{name}</bdi>
                <Select
                  label={t('map.column', { name })}
                  isLabelHidden
                  value={map.columns[name] ?? ''}
                  options={options}
                  onChange={(field) => onColumn(name, field)}
                />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {preview.rows.slice(0, ROWS_SHOWN).map((row, i) => (
            <tr key={i}>
              {preview.header.map((name, column) => (
                <td key={name}>
                  <bdi>{row[column]}</bdi>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface PartProps {
  map: ImportMap;
  onChange: (map: ImportMap) => void;
}

/** What no column says is the same for all rows. */
function Constants({ map, onChange }: PartProps) {
  const used = new Set(Object.values(map.columns));
  const set = (name: Constant, value: string) =>
    onChange({ ...map, constants: { ...map.constants, [name]: value } });
  return CONSTANTS.filter((name) => !used.has(name)).map((name) => {
    const words = CHOICES[name];
    const label = t(`map.every_${name}`);
    if (!words) {
      return (
        <Field
          key={name}
          label={label}
          value={map.constants[name]}
          onChange={(v) => set(name, v)}
        />
      );
    }
    return (
      <Select
        key={name}
        label={label}
        value={map.constants[name]}
        options={words.map((id) => ({ id, label: tMaybe(`value.${name}.${id}`) }))}
        onChange={(v) => set(name, v)}
      />
    );
  });
}

/** "AGENT" in the file is "answered" with us. */
function WordsEditor({ words, map, onChange }: PartProps & { words: Words }) {
  const { field, texts } = words;
  const chosen = map.words[field] ?? {};
  const options = [
    { id: '', label: t('map.leave_out') },
    ...(CHOICES[field] ?? []).map((id) => ({ id, label: tMaybe(`value.${field}.${id}`) })),
  ];
  return (
    <fieldset className="checks">
      <legend>{t('map.words', { field: tMaybe(`field.map.${field}`) })}</legend>
      <div className="form-row">
        {texts.map((text) => (
          <Select
            key={text}
            label={text}
            value={chosen[text] ?? ''}
            options={options}
            onChange={(word) =>
              onChange({ ...map, words: { ...map.words, [field]: { ...chosen, [text]: word } } })
            }
          />
        ))}
      </div>
    </fieldset>
  );
}
