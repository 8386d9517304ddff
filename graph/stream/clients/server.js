// A server of the binary under test, with data of its own. It can be killed and
// started again on the same data and the same port.
import { spawn } from "node:child_process";
import { mkdtempSync, chmodSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class Server {
  constructor(binary, port) {
    this.binary = binary;
    this.folder = mkdtempSync(join(tmpdir(), "aos-clients-"));
    chmodSync(this.folder, 0o755);
    this.address = `127.0.0.1:${port}`;
    this.url = `http://${this.address}/graphql`;
  }

  async start() {
    if (!(await this.started())) throw new Error(`the server ended:\n${this.log}`);
  }

  async started() {
    this.log = "";
    this.process = spawn(this.binary, ["serve"], {
      env: { ...process.env, AOS_ADDR: this.address, AOS_DATA_DIR: join(this.folder, "data"), AOS_LOG_LEVEL: "warn" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) stream.on("data", (text) => (this.log += text));
    this.ended = new Promise((resolve) => this.process.once("exit", resolve));
    let gone = false;
    this.ended.then(() => (gone = true));
    while (!gone) {
      try {
        if ((await fetch(`http://${this.address}/readyz`)).ok) return true;
      } catch {
        // not listening yet
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return false;
  }

  async stop(signal) {
    this.process.kill(signal);
    await this.ended;
  }

  async remove() {
    await this.stop("SIGTERM");
    rmSync(this.folder, { recursive: true, force: true });
  }

  async query(query, variables) {
    const response = await fetch(this.url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }
}
