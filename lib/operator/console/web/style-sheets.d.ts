/** esbuild bundles imported style sheets; the import has no value. */
declare module "*.css";
