// Payloads as lines of hexadecimal digits in, what sparkplug-payload makes of them out, as JSON.
const { decodePayload } = require("sparkplug-payload").get("spBv1.0");
const lines = require("fs").readFileSync(0, "utf8").split("\n").filter(Boolean);
const plain = (key, value) => (typeof value === "bigint" ? Number(value) : value);
const shown = (value) =>
  value && typeof value === "object" && "toNumber" in value ? value.toNumber() : value;
const decoded = lines.map((line) => {
  const payload = decodePayload(Buffer.from(line, "hex"));
  const metrics = payload.metrics.map((each) => ({
    name: each.name,
    alias: shown(each.alias),
    type: each.type,
    value: shown(each.value),
  }));
  return { timestamp: shown(payload.timestamp), seq: shown(payload.seq), metrics };
});
console.log(JSON.stringify(decoded, plain));
