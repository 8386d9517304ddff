// Runs the audits of graphql-http against a server: node audit.js <url>.
// Prints one line for each audit that does not hold and fails if there is one.
import { serverAudits } from "graphql-http";

const url = process.argv[2] ?? "http://127.0.0.1:8080/graphql";
const counts = {};
let missed = 0;

for (const audit of serverAudits({ url, fetchFn: fetch })) {
  const level = audit.name.split(" ")[0];
  counts[level] ??= { ok: 0, all: 0 };
  counts[level].all++;
  const result = await audit.fn();
  if (result.status === "ok") {
    counts[level].ok++;
    continue;
  }
  missed++;
  console.log(`${audit.id} ${audit.name}: ${result.reason}`);
}

const total = Object.values(counts).reduce((sum, c) => sum + c.all, 0);
for (const [level, c] of Object.entries(counts)) console.log(`${level}: ${c.ok} of ${c.all}`);
console.log(`${total - missed} of ${total} audits hold`);
process.exit(missed === 0 && total > 0 ? 0 : 1);
