/** The part of dcmjs that rarevox uses; the package has no types of its own. */
declare module "dcmjs" {
  interface Element {
    readonly vr: string;
    readonly Value: readonly unknown[];
  }
  type Elements = Readonly<Record<string, Element>>;

  class DicomDict {
    constructor(meta: Elements);
    dict: Elements;
    write(options: { readonly allowInvalidVRLength: boolean }): ArrayBuffer;
  }

  const dcmjs: {
    readonly data: {
      readonly DicomDict: typeof DicomDict;
      readonly DicomMetaDictionary: {
        readonly nameMap: Readonly<Record<string, { readonly tag: string; readonly vr: string }>>;
      };
    };
  };
  export default dcmjs;
}
