import { api, asProblem, type Schema } from "@shuke/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import type { Currency } from "./format";

export type Who = Schema<"Who">;

const KEY = ["session"];
const Session = createContext<Who | undefined>(undefined);

/** Who is signed in; `null` where nobody is. Asked once, and again after signing in or out. */
export function useSession() {
  return useQuery({
    queryKey: KEY,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async (): Promise<Who | null> => {
      try {
        return (await api.GET("/api/v1/session")).data ?? null;
      } catch (thrown) {
        if (asProblem(thrown).signedOut) return null;
        throw thrown;
      }
    },
  });
}

/** Tells everything below who is signed in. */
export function SessionProvider({ who, children }: { who: Who; children: ReactNode }) {
  return <Session.Provider value={who}>{children}</Session.Provider>;
}

/** Who is signed in, on pages that nobody else sees. */
export function useWho(): Who {
  const who = useContext(Session);
  if (!who) throw new Error("useWho outside of SessionProvider");
  return who;
}

/** The merchant's currency. */
export function useCurrency(): Currency {
  const { merchant } = useWho();
  return { code: merchant.currency, decimals: merchant.decimals };
}

/** Whether the person signed in may do something: `member:write`. */
export function useMay(permission: string): boolean {
  return useWho().permissions.includes(permission);
}

/** Signs in and out; pages stay as they are meanwhile. */
export function useSigning() {
  const client = useQueryClient();
  return {
    async signIn(body: Schema<"SignIn">) {
      const { data } = await api.POST("/api/v1/session", { body });
      client.setQueryData(KEY, data);
    },
    /** Somebody signed in by another way: with a PIN at a till. */
    signedIn(who: Who) {
      client.setQueryData(KEY, who);
    },
    async signOut() {
      await api.DELETE("/api/v1/session");
      client.clear();
      client.setQueryData(KEY, null);
    },
    /** A request was answered 401: ask for the password, keep the page. */
    over() {
      client.setQueryData(KEY, null);
    },
  };
}
