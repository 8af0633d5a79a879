/** Where the prevalence of a class is taken, as a user chooses it. */
export type RegionChoice =
  | { readonly kind: "whole" }
  /** The box around the class in the reference, so much larger on each side. */
  | { readonly kind: "box"; readonly marginMm: number }
  /** Inside the patient. */
  | {
      readonly kind: "body";
      /** Folder of the images, named as the references. */
      readonly images: string;
      /** Intensity of the body's voxels; found from the image where it is left out. */
      readonly above?: number | undefined;
    };
