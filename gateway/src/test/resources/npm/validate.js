// Reads {"openapi": …, "asyncapi": …} from standard input, each a document as text, and tells what is wrong with them.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";
import { Validator } from "@seriousme/openapi-schema-validator";

const given = JSON.parse(readFileSync(0, "utf8"));
const faults = [];

const validator = new Validator();
const result = await validator.validate(JSON.parse(given.openapi));
if (!result.valid) {
  faults.push("openapi: " + JSON.stringify(result.errors));
}
if (validator.version !== "3.1") {
  faults.push("openapi: taken for version " + validator.version);
}

const { document, diagnostics } = await new Parser().parse(given.asyncapi);
for (const { severity, message, path } of diagnostics) {
  if (severity <= 1) {
    faults.push("asyncapi: " + path.join(".") + ": " + message);
  }
}
if (document?.version() !== "3.0.0") {
  faults.push("asyncapi: taken for version " + document?.version());
}
process.stdout.write(faults.join("\n"));
