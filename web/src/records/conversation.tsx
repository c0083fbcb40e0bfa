// One conversation, to be read: what it is, and its interactions in order.
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useParams } from 'wouter';
import { get, type Problem, withQuery } from '../api.ts';
import { useGet, useZone } from '../app/session.ts';
import { formatCount, formatOf, formatTime } from '../format.ts';
import { t, tMaybe } from '../i18n.ts';
import type { Conversation, Interaction, List } from '../types.ts';
import { Button, Failed, Page, Status, type Tone, Waiting } from '../ui/basics.tsx';
import { Timeline } from './timeline.tsx';

const TONES: Record<string, Tone> = {
  new: 'info',
  open: 'info',
  pending: 'warn',
  on_hold: 'warn',
  snoozed: 'off',
  solved: 'ok',
  closed: 'off',
  spam: 'off',
};

export function State({ state }: { state: string }) {
  return <Status tone={TONES[state] ?? 'off'}>{tMaybe(`value.state.${state}`)}</Status>;
}

export default function ConversationPage() {
  const { id } = useParams<{ id: string }>();
  const conversation = useGet<Conversation>('records', `/conversations/${id}`);
  const messages = useInfiniteQuery<List<Interaction>, Problem>({
    queryKey: ['records', 'messages', id],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      get(withQuery(`/conversations/${id}/messages`, { cursor: pageParam as string }), signal),
    getNextPageParam: (page) => (page.has_more ? page.next_cursor : null),
  });
  if (conversation.error) {
    return (
      <Page title={t('conversation.title')}>
        <Failed error={conversation.error} />
      </Page>
    );
  }
  if (!conversation.data) return <Waiting />;
  const c = conversation.data;
  const list = messages.data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Page title={c.subject || c.external_id || t('conversation.untitled')}>
      <div className="record">
        <div className="record-main">
          {messages.error && <Failed error={messages.error} />}
          <Timeline interactions={list} />
          {messages.hasNextPage && (
            <Button
              onPress={() => void messages.fetchNextPage()}
              isDisabled={messages.isFetchingNextPage}
            >
              {t('action.more')}
            </Button>
          )}
        </div>
        <aside className="card record-side" aria-label={t('conversation.about')}>
          <About conversation={c} />
        </aside>
      </div>
    </Page>
  );
}

function About({ conversation: c }: { conversation: Conversation }) {
  const zone = useZone();
  const time = (at: string | null) => (at ? formatTime(at, zone) : null);
  const spent = (to: string | null) => {
    if (!to) return null;
    const seconds = (Date.parse(to) - Date.parse(c.created_at)) / 1000;
    return `${formatOf('seconds', seconds)(seconds)} · ${formatTime(to, zone)}`;
  };
  const rows: [string, React.ReactNode][] = [
    [t('conversation.state'), <State key="s" state={c.state} />],
    [
      t('conversation.customer'),
      c.customer && (
        <Link key="c" href={`/customers/${c.customer.id}`}>
          <bdi>{c.customer.name ?? t('customer.unnamed')}</bdi>
        </Link>
      ),
    ],
    [t('dimension.channel'), c.channel?.name],
    [t('dimension.touchpoint'), c.touchpoint?.name],
    [t('dimension.team'), c.team?.name],
    [t('dimension.agent'), c.agent?.name],
    [t('dimension.topic'), c.topic],
    [t('dimension.priority'), tMaybe(`value.priority.${c.priority}`)],
    [t('conversation.labels'), c.labels.map((l) => l.name).join(', ')],
    [t('conversation.created'), time(c.created_at)],
    [t('metric.first_reply_time'), spent(c.first_reply_at)],
    [t('conversation.first_solved'), spent(c.first_solved_at)],
    [t('conversation.closed'), time(c.closed_at)],
    [t('conversation.reopened'), c.reopen_count ? formatCount(c.reopen_count) : null],
    [t('conversation.reassigned'), c.reassignment_count ? formatCount(c.reassignment_count) : null],
    [
      t('conversation.sla'),
      c.sla_met === null ? null : t(c.sla_met ? 'conversation.sla_met' : 'conversation.sla_missed'),
    ],
    [t('conversation.reference'), c.external_id],
  ];
  return (
    <dl className="facts">
      {rows
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
    </dl>
  );
}
