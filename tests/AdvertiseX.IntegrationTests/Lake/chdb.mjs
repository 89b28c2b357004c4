// Runs SQL statements with chDB. stdin: a JSON array of statements; stdout: a JSON array of results, rows of texts each.
// Run in the folder that holds node_modules (argument 1).
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const { query } = createRequire(join(process.argv[2], 'package.json'))('chdb');
const results = JSON.parse(readFileSync(0, 'utf8')).map(sql => {
  const lines = query(sql, 'JSONCompactStringsEachRow').toString().split('\n');
  return lines.filter(line => line !== '').map(line => JSON.parse(line));
});
process.stdout.write(JSON.stringify(results));
