// Does with a schema registry what @kafkajs/confluent-schema-registry can do, and prints what came out as a JSON object.
// Arguments: the folder that holds node_modules, the registry's address.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [, , packages, host] = process.argv;
const { SchemaRegistry, SchemaType, COMPATIBILITY } = createRequire(join(packages, 'package.json'))(
  '@kafkajs/confluent-schema-registry'
);
const field = (name, rest) => ({ name, ...rest });
const record = (...fields) =>
  ({ type: SchemaType.AVRO, schema: JSON.stringify({ type: 'record', name: 'R', namespace: 'n', fields }) });
const a = field('a', { type: 'string' });
const old = record(a);
const fresh = record(a, field('b', { type: 'int', default: 7 }));
const odd = record(a, field('b', { type: 'string' }));
const message = promise => promise.then(() => 'nothing', error => error.message);

const registry = new SchemaRegistry({ host, retry: { retries: 0 } });
const options = { subject: 'n.R', compatibility: COMPATIBILITY.FULL };
const out = {};
out.first = (await registry.register(old, options)).id;
out.again = (await registry.register(old, options)).id;
out.second = (await registry.register(fresh, options)).id;
out.refused = await message(registry.register(odd, options));
out.other_level = await message(registry.register(old, { ...options, compatibility: COMPATIBILITY.NONE }));
out.latest = await registry.getLatestSchemaId('n.R');
out.version_1 = await registry.getRegistryId('n.R', 1);
out.by_schema = await registry.getRegistryIdBySchema('n.R', old);

const encoded = await registry.encode(out.first, { a: 'x' });
const stranger = new SchemaRegistry({ host, retry: { retries: 0 } });
out.name = (await stranger.getSchema(out.first)).name;
out.decoded = await stranger.decode(encoded);
const readerSchema = JSON.parse(fresh.schema);
out.resolved = await stranger.decode(encoded, { [SchemaType.AVRO]: { readerSchema } });
out.unknown = await message(stranger.getSchema(999));
process.stdout.write(JSON.stringify(out));
