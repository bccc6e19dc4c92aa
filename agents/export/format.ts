import type { World } from "../../env/world.js";
import type { ControllerFile } from "../learned/controller-file.js";

/** A way to hand a trained controller to another program. */
export interface ExportFormat {
  /** As `--format` takes it. */
  readonly id: string;
  /** Of `--help`, a few words. */
  readonly doc: string;
  /** A name for the file, as in the examples. */
  readonly fileName: string;
  /** How to use the file: Markdown of docs/reference/export-formats.md. */
  readonly page: string;
  /** The file's text. The controller was checked: its recorded decisions are repeated, and it fits `world`. */
  readonly render: (file: ControllerFile, world: World) => string;
}
