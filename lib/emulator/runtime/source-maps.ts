import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapping } from "node:module";
import { join } from "node:path";

/** A frame of a function in its bundle → the same in its source; any other frame as it is. */
export type FrameSource = (functionName: string, frame: string) => string;

/** Where bundles and their source maps are. */
export interface MapPlaces {
  /** The folder that the function runs from. */
  readonly assetDir: (functionName: string) => string | undefined;
  /** A build of the function with its maps; they hold where its files equal those that run. */
  readonly build: (functionName: string) => { readonly asset: string; readonly maps: string } | undefined;
}

/** Parsed maps: a few files fail at a time. */
const MOST_KEPT = 20;
const PLACE = /(?<before>^|\(| )(?<file>[\w.-]+\.(?:mjs|cjs|js)):(?<line>\d+):(?<column>\d+)/;

/** Maps are loaded when a stack is shown: functions run without them. */
export function openSourceMaps({ assetDir, build }: MapPlaces): FrameSource {
  const known = new Map<string, SourceMap | undefined>();
  const mapOf = (name: string, file: string) => {
    const folder = assetDir(name);
    if (folder === undefined) return undefined;
    const path = join(folder, file);
    if (!known.has(path)) {
      const [oldest] = known.keys();
      if (known.size >= MOST_KEPT && oldest !== undefined) known.delete(oldest);
      known.set(path, readMap(path, file, build(name)));
    }
    return known.get(path);
  };
  return (name, frame) => {
    const { before = "", file = "", line = "", column = "" } = PLACE.exec(frame)?.groups ?? {};
    const map = file === "" ? undefined : mapOf(name, file);
    const entry: Partial<SourceMapping> = map?.findEntry(Number(line) - 1, Number(column) - 1) ?? {};
    const { originalSource, originalLine = 0, originalColumn = 0 } = entry;
    if (originalSource === undefined) return frame;
    const source = originalSource.replace(/^(?:\.\.\/)+/, "");
    return frame.replace(PLACE, `${before}${source}:${originalLine + 1}:${originalColumn + 1}`);
  };
}

function readMap(path: string, file: string, build: ReturnType<MapPlaces["build"]>): SourceMap | undefined {
  try {
    return parseMap(`${path}.map`);
  } catch {
    // The bundle has no maps in its folder.
  }
  try {
    if (build === undefined || !readFileSync(path).equals(readFileSync(join(build.asset, file))))
      return undefined;
    return parseMap(join(build.maps, `${file}.map`));
  } catch {
    return undefined;
  }
}

const parseMap = (path: string) => new SourceMap(JSON.parse(readFileSync(path, "utf8")));
