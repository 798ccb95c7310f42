import { useInfiniteQuery } from "@tanstack/react-query";

interface PageOf<T> {
  items: T[];
  next?: string | null;
}

/** A list that the server gives page by page. `path` and `what` name it, so that it is kept for later. */
export function usePages<T>(path: string, what: object, fetch: (cursor: string | undefined) => Promise<PageOf<T>>) {
  return useInfiniteQuery({
    queryKey: ["get", path, { ...what, pages: true }],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => fetch(pageParam),
    getNextPageParam: (last) => last.next ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.items),
  });
}
