// Who is signed in, for every component; and reading the API through TanStack Query.
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { get, getAll, type Problem } from '../api.ts';
import type { Subject } from '../live/refresh.ts';
import type { Agent, Me, Team } from '../types.ts';

export const MeContext = createContext<Me | null>(null);

export function useMe(): Me {
  const me = useContext(MeContext);
  if (!me) throw new Error('useMe outside MeContext');
  return me;
}

export const useMay = () => {
  const { permissions } = useMe();
  return (permission: string) => permissions.includes(permission);
};

export const useZone = () => useMe().workspace.zone;

export function useGet<T>(subject: Subject, path: string | null): UseQueryResult<T, Problem> {
  return useQuery<T, Problem>({
    queryKey: [subject, path],
    queryFn: ({ signal }) => get<T>(path!, signal),
    enabled: path !== null,
    placeholderData: keepPreviousData,
  });
}

export function useAll<T>(
  subject: Subject,
  path: string,
  enabled = true,
): UseQueryResult<T[], Problem> {
  return useQuery<T[], Problem>({
    queryKey: [subject, path, 'all'],
    queryFn: ({ signal }) => getAll<T>(path, signal),
    enabled,
  });
}

export const useTeams = () => useAll<Team>('people', '/teams');
export const useAgents = () => useAll<Agent>('people', '/agents');
