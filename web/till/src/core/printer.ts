// A receipt printer that the browser talks to itself, by USB or a serial line: only where the browser can.
// The person chooses it once; the browser remembers which devices this page may use.

export interface Printer {
  name: string;
  print: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
}

interface UsbEndpoint {
  endpointNumber: number;
  direction: "in" | "out";
}
interface UsbInterface {
  interfaceNumber: number;
  alternate: { interfaceClass: number; endpoints: UsbEndpoint[] };
}
interface UsbDevice {
  productName?: string;
  configuration: { interfaces: UsbInterface[] } | null;
  opened: boolean;
  open(): Promise<void>;
  close(): Promise<void>;
  selectConfiguration(value: number): Promise<void>;
  claimInterface(number: number): Promise<void>;
  transferOut(endpoint: number, data: Uint8Array<ArrayBuffer>): Promise<unknown>;
}
interface Usb {
  getDevices(): Promise<UsbDevice[]>;
  requestDevice(options: { filters: { classCode?: number }[] }): Promise<UsbDevice>;
}
interface SerialPort {
  open(options: { baudRate: number }): Promise<void>;
  close(): Promise<void>;
  writable: WritableStream<Uint8Array> | null;
}
interface Serial {
  getPorts(): Promise<SerialPort[]>;
  requestPort(): Promise<SerialPort>;
}

const { usb, serial } = navigator as Navigator & { usb?: Usb; serial?: Serial };

/** USB's class of printers. */
const PRINTER_CLASS = 7;
const BAUD = 9_600;
/** What a small printer's buffer takes at once. */
const PART_BYTES = 4_096;

/** By which ways this browser can talk to a printer. */
export const ways: ("usb" | "serial")[] = [
  ...(usb ? (["usb"] as const) : []),
  ...(serial ? (["serial"] as const) : []),
];

function byUsb(device: UsbDevice): Printer {
  return {
    name: device.productName ?? "USB",
    async print(bytes) {
      if (!device.opened) await device.open();
      try {
        if (!device.configuration) await device.selectConfiguration(1);
        const face = device.configuration?.interfaces.find((one) => one.alternate.interfaceClass === PRINTER_CLASS);
        const out = face?.alternate.endpoints.find((one) => one.direction === "out");
        if (!face || !out) throw new Error("no printer in this device");
        await device.claimInterface(face.interfaceNumber);
        for (let at = 0; at < bytes.length; at += PART_BYTES)
          await device.transferOut(out.endpointNumber, bytes.slice(at, at + PART_BYTES));
      } finally {
        await device.close();
      }
    },
  };
}

function bySerial(port: SerialPort): Printer {
  return {
    name: "COM",
    async print(bytes) {
      await port.open({ baudRate: BAUD });
      try {
        const writer = port.writable?.getWriter();
        if (!writer) throw new Error("this port takes nothing");
        try {
          await writer.write(bytes);
        } finally {
          writer.releaseLock();
        }
      } finally {
        await port.close();
      }
    },
  };
}

/** The printer that was chosen before; none where the browser may use none yet. */
export async function knownPrinter(): Promise<Printer | undefined> {
  const device = (await usb?.getDevices())?.[0];
  if (device) return byUsb(device);
  const port = (await serial?.getPorts())?.[0];
  return port && bySerial(port);
}

/** Asks the person which one; undefined where they choose none. */
export async function choosePrinter(way: "usb" | "serial"): Promise<Printer | undefined> {
  try {
    if (way === "usb") {
      const device = await usb?.requestDevice({ filters: [{ classCode: PRINTER_CLASS }] });
      return device && byUsb(device);
    }
    const port = await serial?.requestPort();
    return port && bySerial(port);
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === "NotFoundError") return undefined;
    throw thrown;
  }
}

/** A printer's bytes as the server sends them. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
