// Interactions as one line of time: messages, calls, visits, answers, notes.
import { Link } from 'wouter';
import { useZone } from '../app/session.ts';
import { formatOf, formatTime } from '../format.ts';
import { t, tMaybe } from '../i18n.ts';
import type { Interaction } from '../types.ts';

interface TimelineProps {
  interactions: Interaction[];
  linksToConversation?: boolean;
}

export function Timeline({ interactions, linksToConversation }: TimelineProps) {
  if (!interactions.length) return <p className="muted">{t('timeline.none')}</p>;
  return (
    <ol className="timeline">
      {interactions.map((item) => (
        <Item key={item.id} item={item} isLinked={linksToConversation ?? false} />
      ))}
    </ol>
  );
}

function Item({ item, isLinked }: { item: Interaction; isLinked: boolean }) {
  const zone = useZone();
  const who =
    item.direction === 'in'
      ? t('timeline.customer')
      : (item.agent?.name ?? item.team?.name ?? t('timeline.service'));
  const numbers = numbersOf(item);
  return (
    <li className={`entry entry-${item.direction} entry-${item.kind}`}>
      <p className="entry-head small">
        <strong>
          <bdi>{who}</bdi>
        </strong>{' '}
        <span className="muted">
          {tMaybe(`value.kind.${item.kind}`)}
          {item.direction === 'internal' && ` · ${t('timeline.internal')}`}
          {item.channel && (
            <>
              {' · '}
              <bdi>{item.channel.name}</bdi>
            </>
          )}
          {item.touchpoint && (
            <>
              {' · '}
              <bdi>{item.touchpoint.name}</bdi>
            </>
          )}
        </span>
        <time dateTime={item.at} className="muted entry-time">
          {formatTime(item.at, zone)}
        </time>
      </p>
      {item.text && (
        <p className="entry-text" dir="auto">
          {item.text}
        </p>
      )}
      {numbers.length > 0 && <p className="small num">{numbers.join(' · ')}</p>}
      {isLinked && item.conversation_id && (
        <p className="small">
          <Link href={`/conversations/${item.conversation_id}`}>{t('timeline.open')}</Link>
        </p>
      )}
    </li>
  );
}

function numbersOf(item: Interaction): string[] {
  const out: string[] = [];
  const seconds = (value: number) => formatOf('seconds', value)(value);
  if (item.wait_seconds !== null)
    out.push(t('timeline.waited', { time: seconds(item.wait_seconds) }));
  if (item.handle_seconds !== null)
    out.push(t('timeline.handled', { time: seconds(item.handle_seconds) }));
  if (item.outcome) out.push(tMaybe(`value.outcome.${item.outcome}`));
  for (const [question, score] of Object.entries(item.answers ?? {})) {
    if (score != null) out.push(`${t(`metric.${question as 'nps' | 'csat' | 'ces'}`)} ${score}`);
  }
  return out;
}
