/** The part of dcmjs that rarevox uses; the package has no types of its own. */
declare module "dcmjs" {
  interface Element {
    readonly vr: string;
    readonly Value: readonly unknown[];
  }
  type Elements = Readonly<Record<string, Element>>;

  interface WriteOptions {
    readonly allowInvalidVRLength: boolean;
  }

  class DicomDict {
    constructor(meta: Elements);
    write(options: WriteOptions): ArrayBuffer;
  }

  class WriteBufferStream {
    constructor(pieceBytes: number, littleEndian: boolean);
    getBuffer(): ArrayBuffer;
  }

  const dcmjs: {
    readonly data: {
      readonly DicomDict: typeof DicomDict;
      readonly DicomMessage: {
        write(elements: Elements, stream: WriteBufferStream, syntax: string, options: WriteOptions): number;
      };
      readonly WriteBufferStream: typeof WriteBufferStream;
      readonly DicomMetaDictionary: {
        readonly nameMap: Readonly<Record<string, { readonly tag: string; readonly vr: string }>>;
      };
    };
  };
  export default dcmjs;
}
