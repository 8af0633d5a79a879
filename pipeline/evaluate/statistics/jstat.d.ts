/** The part of jStat that rarevox uses; the package has no types of its own. */
declare module "jstat" {
  const jStat: {
    readonly gammaln: (x: number) => number;
    readonly normal: {
      readonly cdf: (x: number, mean: number, sd: number) => number;
      readonly inv: (p: number, mean: number, sd: number) => number;
    };
  };
  export default jStat;
}
