import { type Ref, useImperativeHandle, useRef } from "react";

export interface PaperHandle {
  /** Prints a page as it is given: what is shown stays until the next one. */
  print: (page: string) => void;
}

/** A receipt on the screen, in a frame of its own so that it prints alone. */
export function Paper({ ref, page, title }: { ref: Ref<PaperHandle>; page: string; title: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  useImperativeHandle(ref, () => ({
    print: (wanted) => {
      const shown = frame.current;
      if (!shown) return;
      const go = () => shown.contentWindow?.print();
      if (shown.srcdoc === wanted) return go();
      shown.addEventListener("load", go, { once: true });
      shown.srcdoc = wanted;
    },
  }));
  return (
    <iframe
      ref={frame}
      className="paper"
      title={title}
      // The page runs nothing; it only has to be reached for printing.
      sandbox="allow-same-origin allow-modals"
      srcDoc={page}
    />
  );
}
