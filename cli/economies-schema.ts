import { z } from "zod";

const named = <Shape extends z.ZodType>(shape: Shape, what: string) => z.record(z.string(), shape).describe(what);
const overrides = z.record(z.string(), z.number()).describe("changed parameters by name");

/** The document of `flyball economies --json`. */
export const economiesSchema = z.object({
  economies: z.array(
    z.object({
      id: z.string().describe("versioned: a change of results is a new version"),
      name: z.string().describe("what --economy takes for the newest version"),
      doc: z.string(),
      token: z.object({ symbol: z.string(), decimals: z.int() }),
      subnets: z
        .object({ least: z.int(), most: z.int() })
        .nullable()
        .describe("allowed numbers after @; null: it has no subnets"),
      actions: named(
        z.union([
          z.object({
            unit: z.string(),
            low: z.number(),
            high: z.number(),
            maxMove: z.number().describe("largest change in a control step"),
            start: z.number(),
            doc: z.string(),
          }),
          z.object({ count: z.int().describe("number of choices"), doc: z.string() }),
        ]),
        "in the controller's order",
      ),
      observations: named(
        z.object({ unit: z.string(), low: z.number(), high: z.number(), doc: z.string(), onChain: z.string() }),
        "in the controller's order",
      ),
      params: named(
        z.object({
          value: z.number(),
          low: z.number(),
          high: z.number(),
          unit: z.string(),
          source: z.string(),
          doc: z.string(),
          varied: z.boolean().describe("drawn anew in every training episode"),
        }),
        "what a params file may set, within low to high",
      ),
      presets: named(z.object({ doc: z.string(), overrides }), "for --preset"),
      scenarios: named(z.object({ doc: z.string(), overrides }), "for --scenario; held out from training"),
      rules: named(z.object({ doc: z.string(), tunable: z.array(z.string()) }), "fixed rules that fit it"),
      terms: named(z.object({ unit: z.string(), doc: z.string() }), "of the objective"),
      objectives: named(z.record(z.string(), z.number()), "weights of the terms; the first is the default"),
      constraints: named(
        z.object({
          unit: z.string(),
          kind: z.enum(["step", "expectation", "probability"]),
          limit: z.number(),
          doc: z.string(),
        }),
        "costs besides the objective, in this order",
      ),
      horizon: z.int().describe("control steps of an episode"),
      observationDelay: z.int(),
      actionDelay: z.int(),
    }),
  ),
  listed: z.array(z.string()).describe("kinds of the listed layer, for --listed or after + in an id"),
});

export type EconomiesDocument = z.infer<typeof economiesSchema>;

/** JSON Schema (draft 2020-12) of the document. */
export function economiesJsonSchema(): Record<string, unknown> {
  return { $id: "flyball-economies-1", title: "Flyball economies", ...z.toJSONSchema(economiesSchema) };
}
