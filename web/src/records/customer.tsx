// One customer: who this is, and everything that happened, newest first.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useParams } from 'wouter';
import { get, type Problem, withQuery } from '../api.ts';
import { useGet, useZone } from '../app/session.ts';
import { formatDay, formatTime } from '../format.ts';
import { t, tMaybe } from '../i18n.ts';
import type { Customer, Interaction, List } from '../types.ts';
import { Button, Failed, Notice, Page, Waiting } from '../ui/basics.tsx';
import { Timeline } from './timeline.tsx';

export default function CustomerPage() {
  const { id } = useParams<{ id: string }>();
  const zone = useZone();
  const customer = useGet<Customer>('records', `/customers/${id}`);
  const timeline = useInfiniteQuery<List<Interaction>, Problem>({
    queryKey: ['records', 'timeline', id],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      get(withQuery(`/customers/${id}/timeline`, { cursor: pageParam as string }), signal),
    getNextPageParam: (page) => (page.has_more ? page.next_cursor : null),
  });
  if (customer.error) {
    return (
      <Page title={t('customer.title')}>
        <Failed error={customer.error} />
      </Page>
    );
  }
  if (!customer.data) return <Waiting />;
  const c = customer.data;
  const list = timeline.data?.pages.flatMap((page) => page.data) ?? [];
  const attributes = Object.entries(c.attributes ?? {});
  return (
    <Page title={c.name ?? c.identities[0]?.text ?? t('customer.unnamed')}>
      {c.erased_at && (
        <Notice tone="info">{t('customer.erased', { at: formatTime(c.erased_at, zone) })}</Notice>
      )}
      <div className="record">
        <div className="record-main">
          {timeline.error && <Failed error={timeline.error} />}
          {timeline.data && <Timeline interactions={list} linksToConversation />}
          {timeline.hasNextPage && (
            <Button
              onPress={() => void timeline.fetchNextPage()}
              isDisabled={timeline.isFetchingNextPage}
            >
              {t('action.more')}
            </Button>
          )}
        </div>
        <aside className="card record-side" aria-label={t('customer.about')}>
          <dl className="facts">
            {c.identities.map((identity) => (
              <div key={identity.id}>
                <dt>{tMaybe(`identity.${identity.kind}`)}</dt>
                <dd>
                  <bdi>{identity.text}</bdi>
                  {identity.is_verified && (
                    <span className="muted"> · {t('customer.verified')}</span>
                  )}
                </dd>
              </div>
            ))}
            <div>
              <dt>{t('customer.since')}</dt>
              <dd>{formatDay(c.created_at, zone)}</dd>
            </div>
            {attributes.map(([name, value]) => (
              <div key={name}>
                <dt>
                  <bdi>{name}</bdi>
                </dt>
                <dd>
                  <bdi>{String(value)}</bdi>
                </dd>
              </div>
            ))}
          </dl>
        </aside>
      </div>
    </Page>
  );
}
