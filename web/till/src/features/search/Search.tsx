import { asProblem } from "@shuke/api";
import { language, sentence } from "@shuke/ui";
import { type KeyboardEvent, type Ref, useEffect, useId, useImperativeHandle, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { connected } from "../../core/connection";
import type { Goods } from "../../core/db";
import { useWriting } from "../../core/format";
import { isGiftCode } from "../../core/GiftCode";
import { goodsByCode, goodsByCodeThere, searchGoods } from "../../core/goods";
import { type Brief, identify, searchMembers } from "../../core/members";
import { say } from "../../core/Notices";
import { usePlace } from "../../core/place";
import { read } from "./read";
import "./search.css";

export interface SearchHandle {
  focus: () => void;
  /** Takes over what was typed while something else had the focus. */
  put: (typed: string) => void;
  /** As if Enter had been pressed in the field. */
  enter: () => void;
}

interface Props {
  ref: Ref<SearchHandle>;
  onGoods: (goods: Goods, milli?: number) => void;
  onMember: (member: Brief) => void;
  onQuantity: (milli: number) => void;
  /** Enter with nothing typed. */
  onEnter: () => void;
  /** Nobody was found by this text; it may be a phone to enrol with. */
  onEnrol: (text: string) => void;
  /** A text that looks like the code of a gift card; answers whether it was one. */
  onCard: (code: string) => Promise<boolean>;
  /** A key that is no text while nothing is typed: arrows, plus, minus, delete. */
  onKey: (key: string) => boolean;
  /** Esc with nothing typed. */
  onEscape: () => void;
}

type Option =
  | { kind: "goods"; goods: Goods; milli?: number | undefined }
  | { kind: "member"; member: Brief }
  | { kind: "enrol"; text: string };

const WAIT_MS = 150;

async function find(text: string, signal?: AbortSignal): Promise<Option[]> {
  const meant = read(text);
  if (meant.kind === "nothing" || meant.kind === "quantity" || meant.kind === "code") return [];
  const [goods, members] = await Promise.all([
    meant.kind === "phone" ? [] : searchGoods(meant.text),
    meant.kind === "many" || (meant.text.length < 2 && /^[\x20-\x7e]$/.test(meant.text))
      ? []
      : searchMembers(meant.text, signal),
  ]);
  const milli = meant.kind === "many" ? meant.milli : undefined;
  const asGoods = goods.map((one): Option => ({ kind: "goods", goods: one, milli }));
  const asMembers = members.map((member): Option => ({ kind: "member", member }));
  // Digits are somebody's phone or number sooner than the name of goods.
  const all = /^\d+$/.test(meant.text) ? [...asMembers, ...asGoods] : [...asGoods, ...asMembers];
  if (all.length === 0 && meant.kind === "phone") all.push({ kind: "enrol", text: meant.text });
  return all;
}

/** One field for everything: it has the focus, a scanner types into it and ends with Enter. */
export function Search(props: Props) {
  const { t } = useTranslation(["app", "ui"]);
  const { money } = useWriting();
  const { store } = usePlace();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [found, setFound] = useState<{ text: string; options: Option[] }>({ text: "", options: [] });
  const [at, setAt] = useState(0);
  const listId = useId();
  const latest = useRef(props);
  latest.current = props;
  const work = useRef<Promise<unknown>>(Promise.resolve());
  const now = useRef("");
  now.current = text;
  const clear = () => {
    setText("");
    setFound({ text: "", options: [] });
    setAt(0);
  };
  useImperativeHandle(props.ref, () => ({
    focus: () => {
      // After a dialog the field may be the active element and still take no text: it is entered anew.
      if (document.activeElement === input.current) input.current?.blur();
      input.current?.focus();
    },
    put: (typed) => {
      now.current += typed;
      setText(now.current);
    },
    enter: () => enter(now.current, undefined),
  }));
  useEffect(() => {
    if (text.trim() === "") {
      setFound({ text: "", options: [] });
      return undefined;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => {
      find(text, abort.signal)
        .then((options) => {
          if (abort.signal.aborted) return;
          setFound({ text, options });
          setAt(0);
        })
        .catch(() => undefined);
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text]);
  /** Hands on what was meant; the field may hold the next scan already. */
  const act = (option: Option) => {
    const { onGoods, onMember, onEnrol } = latest.current;
    if (option.kind === "goods") onGoods(option.goods, option.milli);
    else if (option.kind === "member") onMember(option.member);
    else onEnrol(option.text);
  };
  const choose = (option: Option) => {
    clear();
    act(option);
    input.current?.focus();
  };
  const mean = async (typed: string, highlighted: Option | undefined) => {
    const meant = read(typed);
    const { onEnter, onQuantity, onGoods, onMember } = latest.current;
    if (meant.kind === "nothing") return onEnter();
    if (meant.kind === "quantity") return onQuantity(meant.milli);
    const milli = meant.kind === "many" ? meant.milli : undefined;
    if (meant.kind === "code") {
      const member = await identify(meant.text);
      return member ? onMember(member) : say(t("search.codeOver"), "bad");
    }
    const exact = await goodsByCode(meant.text);
    if (exact) return onGoods(exact, milli);
    if (/^\d{8,14}$/.test(meant.text) && meant.kind !== "phone" && connected.get()) {
      const there = await goodsByCodeThere(meant.text, store.id);
      if (there) return onGoods(there, milli);
    }
    if (highlighted) return act(highlighted);
    const options = await find(typed);
    const [only] = options;
    if (only && options.length === 1) return act(only);
    if (options.length > 1) {
      if (now.current !== "") return undefined;
      setText(typed);
      return setFound({ text: typed, options });
    }
    if (isGiftCode(meant.text) && (await latest.current.onCard(meant.text))) return undefined;
    const member = await identify(meant.text);
    return member ? onMember(member) : say(t("search.nothing", { text: typed }), "bad");
  };
  /** Enter: the field is free at once for the next scan; what was typed is worked off in its order. */
  const enter = (typed: string, highlighted: Option | undefined) => {
    clear();
    work.current = work.current
      .then(() => mean(typed, highlighted))
      .catch((thrown: unknown) => {
        say(sentence(asProblem(thrown), language()), "bad");
        if (now.current === "") setText(typed);
      });
  };
  const options = found.text === text ? found.options : [];
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      enter(text, options[at]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (text) clear();
      else props.onEscape();
    } else if (options.length > 0 && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : options.length - 1;
      setAt((before) => (before + step) % options.length);
    } else if (text === "" && props.onKey(event.key)) event.preventDefault();
  };
  return (
    <div className="search">
      <input
        ref={input}
        className="field"
        role="combobox"
        aria-label={t("search.label")}
        aria-expanded={options.length > 0}
        aria-controls={listId}
        aria-activedescendant={options.length > 0 ? `${listId}-${at}` : undefined}
        aria-autocomplete="list"
        placeholder={t("search.placeholder")}
        autoComplete="off"
        spellCheck={false}
        // biome-ignore lint/a11y/noAutofocus: a scanner types here at any time
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={press}
      />
      <span className="hint">F1</span>
      <div id={listId} className="options" role="listbox" aria-label={t("search.found")} hidden={options.length === 0}>
        {options.map((option, index) => (
          <div
            key={option.kind === "goods" ? option.goods.variant : option.kind === "member" ? option.member.id : "enrol"}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === at}
            tabIndex={-1}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(option)}
            onKeyDown={() => undefined}
          >
            {option.kind === "goods" ? (
              <>
                <span className="mark">{t(`search.${option.goods.kind}`)}</span>
                <span className="grow">{option.goods.name}</span>
                <small>{option.goods.sku}</small>
                <b className="figure">{money(option.goods.price)}</b>
              </>
            ) : option.kind === "member" ? (
              <>
                <span className="mark member">{t("search.member")}</span>
                <span className="grow">{option.member.name ?? option.member.number}</span>
                <small>{option.member.phone ?? ""}</small>
                <small>{t(`stage.${option.member.stage}`)}</small>
              </>
            ) : (
              <span className="grow">{t("search.enrol", { phone: option.text })}</span>
            )}
          </div>
        ))}
      </div>
    </div>
  );
}
