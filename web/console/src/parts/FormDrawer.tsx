import { Drawer } from "antd";
import type { ComponentProps } from "react";
import { Form } from "./form/Form";

type Props<T extends object> = Omit<ComponentProps<typeof Form<T>>, "title"> & {
  title: string;
  open: boolean;
  onClose: () => void;
};

/** A form beside the page that it belongs to: for what is short and needs the page in sight. */
export function FormDrawer<T extends object>({ title, open, onClose, saved, ...form }: Props<T>) {
  return (
    <Drawer title={title} open={open} onClose={onClose} size={560} destroyOnHidden>
      {open && (
        <Form<T>
          {...form}
          saved={() => {
            saved?.();
            onClose();
          }}
        />
      )}
    </Drawer>
  );
}
