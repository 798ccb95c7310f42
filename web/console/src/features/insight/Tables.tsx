import { Link } from "@tanstack/react-router";
import type { Cell, Table, Words } from "./model";
import { useWrite } from "./write";

/** A table of a report; members lead to who they are. */
export function ReportTable({ table, label, rows }: { table: Table; label: string; rows?: number }) {
  const { words, isNumber } = useWrite();
  const numbers = table.head.map((_, at) => isNumber(table, at));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable
    <section className="table low" tabIndex={0} aria-label={label}>
      <table>
        <thead>
          <tr>
            {table.head.map((head, at) => (
              <th key={at} scope="col" className={numbers[at] ? "number" : undefined}>
                {words(head)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.slice(0, rows).map((row, at) => (
            <tr key={at}>
              {row.map((cell, place) => (
                <td key={place} className={numbers[place] ? "number" : undefined}>
                  <CellText cell={cell} column={table.head[place]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function CellText({ cell, column }: { cell: Cell; column: Words | undefined }) {
  const write = useWrite();
  const said = write.cell(cell, column);
  if (cell.kind !== "name" || column?.en !== "member") return said;
  return (
    <Link to="/members" search={{ q: cell.value } as never}>
      {said}
    </Link>
  );
}
