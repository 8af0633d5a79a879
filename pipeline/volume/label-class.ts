/** A code from a published scheme, such as SCT 66754008 "Appendix". */
export interface CodedConcept {
  /** Coding scheme designator of DICOM PS3.16 section 8, such as `SCT` or `DCM`. */
  readonly scheme: string;
  readonly value: string;
  readonly meaning: string;
}

/** What a class id of a label map stands for. */
export interface LabelClass {
  /** 1..65535; 0 is background and never listed. */
  readonly id: number;
  readonly name: string;
  /** sRGB, 0..255 each. */
  readonly colorRgb: readonly [number, number, number];
  /** Segmented property category (CID 7150), such as SCT 91723000 "Anatomical Structure". */
  readonly category?: CodedConcept;
  /** Segmented property type (CID 7151). */
  readonly type?: CodedConcept;
  /** Which one of its type, as SCT 24028007 "Right" or SCT 255549009 "Anterior". */
  readonly laterality?: CodedConcept;
}
