/** How compressed frames are decoded. */
export type Codec = "rle" | "jpeg" | "jpeg-lossless" | "jpeg-ls" | "jpeg-2000" | "htj2k";

/** How a data set and its pixels are written. */
export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
  readonly deflated: boolean;
  /** Undefined for pixels that are stored as they are. */
  readonly codec: Codec | undefined;
}

/** The default of the standard, and what a file without file meta information may be. */
export const implicitLittleEndian = native("1.2.840.10008.1.2", "Implicit VR Little Endian", { explicitVr: false });
export const explicitLittleEndian = native("1.2.840.10008.1.2.1", "Explicit VR Little Endian", {});

/** Source: DICOM PS3.5 chapter 10 and annex A; video, JPIP and the retired JPEG processes are not images of a volume. */
export const transferSyntaxes: readonly TransferSyntax[] = [
  implicitLittleEndian,
  explicitLittleEndian,
  native("1.2.840.10008.1.2.1.99", "Deflated Explicit VR Little Endian", { deflated: true }),
  native("1.2.840.10008.1.2.2", "Explicit VR Big Endian", { littleEndian: false }),
  compressed("1.2.840.10008.1.2.5", "RLE Lossless", "rle"),
  compressed("1.2.840.10008.1.2.4.50", "JPEG Baseline", "jpeg"),
  compressed("1.2.840.10008.1.2.4.51", "JPEG Extended", "jpeg"),
  compressed("1.2.840.10008.1.2.4.57", "JPEG Lossless", "jpeg-lossless"),
  compressed("1.2.840.10008.1.2.4.70", "JPEG Lossless First-Order Prediction", "jpeg-lossless"),
  compressed("1.2.840.10008.1.2.4.80", "JPEG-LS Lossless", "jpeg-ls"),
  compressed("1.2.840.10008.1.2.4.81", "JPEG-LS Near-Lossless", "jpeg-ls"),
  compressed("1.2.840.10008.1.2.4.90", "JPEG 2000 Lossless", "jpeg-2000"),
  compressed("1.2.840.10008.1.2.4.91", "JPEG 2000", "jpeg-2000"),
  compressed("1.2.840.10008.1.2.4.201", "HTJ2K Lossless", "htj2k"),
  compressed("1.2.840.10008.1.2.4.202", "HTJ2K Lossless RPCL", "htj2k"),
  compressed("1.2.840.10008.1.2.4.203", "HTJ2K", "htj2k"),
];

/** The transfer syntax with this UID, where it is one that rarevox reads. */
export function transferSyntaxOf(uid: string): TransferSyntax | undefined {
  return transferSyntaxes.find((syntax) => syntax.uid === uid);
}

function native(uid: string, name: string, differences: Partial<TransferSyntax>): TransferSyntax {
  return { uid, name, explicitVr: true, littleEndian: true, deflated: false, codec: undefined, ...differences };
}

function compressed(uid: string, name: string, codec: Codec): TransferSyntax {
  return { uid, name, explicitVr: true, littleEndian: true, deflated: false, codec };
}
