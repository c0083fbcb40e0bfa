// Channels, touchpoints and labels: lists of names, so one page serves all three.
import { useState } from 'react';
import { useAll } from '../app/session.ts';
import { t } from '../i18n.ts';
import { CHANNEL_KINDS, type Place } from '../types.ts';
import { Button, Failed, Field, Select, Status, Waiting } from '../ui/basics.tsx';
import { FormSheet, SectionHead, useWrite } from './common.tsx';

type Kind = 'channels' | 'touchpoints' | 'labels';

export const Channels = () => <Places kind="channels" />;
export const Touchpoints = () => <Places kind="touchpoints" />;
export const Labels = () => <Places kind="labels" />;

function Places({ kind }: { kind: Kind }) {
  const { data, error } = useAll<Place>('places', `/${kind}`);
  const [editing, setEditing] = useState<Place | 'new' | null>(null);
  if (error) return <Failed error={error} />;
  const places = data?.filter((place) => !place.archived);
  return (
    <>
      <SectionHead
        title={t(`settings.${kind}`)}
        intro={t(`${kind}.intro`)}
        add={t(`${kind}.add`)}
        onAdd={() => setEditing('new')}
      />
      {!places ? (
        <Waiting />
      ) : places.length === 0 ? (
        <p className="muted">{t(`${kind}.none`)}</p>
      ) : (
        <ul className="rows">
          {places.map((place) => (
            <li key={place.id} className="row">
              <div className="row-main">
                <button
                  type="button"
                  className="row-title row-button"
                  onClick={() => setEditing(place)}
                >
                  <bdi>{place.name}</bdi>
                </button>
                {place.kind && <p className="small muted">{t(`channel_kind.${place.kind}`)}</p>}
              </div>
              {kind === 'channels' && !place.is_configured && (
                <Status tone="off">{t('channels.source')}</Status>
              )}
            </li>
          ))}
        </ul>
      )}
      {editing && (
        <PlaceForm
          kind={kind}
          place={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  );
}

interface FormProps {
  kind: Kind;
  place: Place | null;
  onClose: () => void;
}

// The series palette, which is told apart with every kind of colour vision.
const COLOURS = {
  '#1b61c0': 'blue',
  '#d97500': 'orange',
  '#134404': 'green',
  '#73086d': 'purple',
  '#009ad2': 'sky',
  '#915756': 'rose',
} as const;

function colourOptions(current: string) {
  const options = Object.entries(COLOURS).map(([id, name]) => ({ id, label: t(`colour.${name}`) }));
  return current in COLOURS ? options : [...options, { id: current, label: current }];
}

function PlaceForm({ kind, place, onClose }: FormProps) {
  const [name, setName] = useState(place?.name ?? '');
  const [channelKind, setChannelKind] = useState<string>(place?.kind ?? 'email');
  const [colour, setColour] = useState(place?.colour ?? Object.keys(COLOURS)[0]!);
  const write = useWrite('places', onClose);
  const body = {
    name,
    ...(kind === 'channels' ? { kind: channelKind } : {}),
    ...(kind === 'labels' ? { colour } : {}),
  };
  return (
    <FormSheet
      title={place ? place.name : t(`${kind}.add`)}
      onClose={onClose}
      error={write.error}
      isPending={write.isPending}
      onSubmit={() =>
        write.mutate(
          place
            ? { method: 'PATCH', path: `/${kind}/${place.id}`, body, version: place.version }
            : { method: 'POST', path: `/${kind}`, body },
        )
      }
      extra={
        place && (
          <Button
            kind="danger"
            onPress={() => write.mutate({ method: 'DELETE', path: `/${kind}/${place.id}` })}
          >
            {t('action.archive')}
          </Button>
        )
      }
    >
      <Field
        label={t('field.name')}
        value={name}
        onChange={setName}
        autoFocus
        fault={write.error?.fault('name')}
      />
      {kind === 'channels' && (
        <Select
          label={t('channels.kind')}
          value={channelKind}
          options={CHANNEL_KINDS.map((id) => ({ id, label: t(`channel_kind.${id}`) }))}
          onChange={setChannelKind}
        />
      )}
      {kind === 'labels' && (
        <Select
          label={t('labels.colour')}
          value={colour}
          options={colourOptions(colour)}
          onChange={setColour}
        />
      )}
    </FormSheet>
  );
}
