// @ts-check
/** A child process of `flyball doctor`, `train` and `resume`: writes what the package `webgpu` finds as one line of JSON. Dawn's own words go to stderr. */
import { probeGpu } from "../models/webgpu/probe.js";

// Not a literal: the package is optional.
const name = "webgpu";
process.stdout.write(`\n${JSON.stringify(await probeGpu(() => import(name)))}\n`);
