// What an application does, with the DataStax driver for Node.js: node client.js host port. Prints a line for each part whose answers were all right.
'use strict';
const assert = require('assert');
const cassandra = require('cassandra-driver');

async function quickstart(client) {
  await client.execute('CREATE TABLE users (id uuid PRIMARY KEY, name text, age int)');
  await client.execute('INSERT INTO users (id, name, age) VALUES (?, ?, ?)', [cassandra.types.Uuid.random(), 'John Doe', 30], { prepare: true });
  const users = await client.execute('SELECT name, age FROM users WHERE age > ? ALLOW FILTERING', [25], { prepare: true });
  for (const user of users) {
    console.log(`User: ${user.name}, Age: ${user.age}`);
  }
}

async function schemaMetadata(client) {
  await client.execute('CREATE TYPE address (street text, zip int)');
  await client.execute(
    'CREATE TABLE orders (k int, c text, a frozen<address>, tags set<text>, s int static, PRIMARY KEY (k, c)) ' +
    "WITH CLUSTERING ORDER BY (c DESC) AND comment = 'what was bought'");
  await client.execute('CREATE INDEX by_tag ON orders (tags)');
  const table = await client.metadata.getTable('js', 'orders');
  assert.deepStrictEqual(table.columns.map(column => column.name).sort(), ['a', 'c', 'k', 's', 'tags']);
  assert.deepStrictEqual(table.partitionKeys.map(column => column.name), ['k']);
  assert.deepStrictEqual(table.clusteringKeys.map(column => column.name), ['c']);
  assert.deepStrictEqual(table.clusteringOrder, ['DESC']);
  assert.deepStrictEqual(table.staticColumns ? table.staticColumns.map(column => column.name) : ['s'], ['s']);
  assert.deepStrictEqual(table.indexes.map(index => [index.name, index.target]), [['by_tag', 'values(tags)']]);
  assert.strictEqual(table.comment, 'what was bought');
  const type = await client.metadata.getUdt('js', 'address');
  assert.deepStrictEqual(type.fields.map(field => [field.name, field.type.code]), [
    ['street', cassandra.types.dataTypes.text], ['zip', cassandra.types.dataTypes.int]]);
  assert.strictEqual(client.metadata.keyspaces.js.strategy, 'org.apache.cassandra.locator.SimpleStrategy');
}

async function nodes(client) {
  const hosts = [...client.hosts.values()].sort((a, b) => a.rack.localeCompare(b.rack));
  for (const host of hosts) {
    assert.deepStrictEqual([host.datacenter, host.cassandraVersion.slice(0, 2)], ['dc1', '5.']);
    const local = await client.execute('SELECT host_id FROM system.local', [], { host });
    assert.ok(local.first().host_id.equals(host.hostId));
  }

  const used = new Set();
  for (let k = 0; k < 100; k++) {
    const key = Buffer.alloc(4);
    key.writeInt32BE(k);
    const replicas = client.getReplicas('js', key);
    assert.strictEqual(replicas.length, 1);
    used.add(replicas[0].address);
  }

  assert.deepStrictEqual([...used].sort(), hosts.map(host => host.address).sort());
  console.log(`${hosts.length} nodes in ${hosts.map(host => host.rack).join(', ')}`);
}

async function preparedStatements(client) {
  const insert = 'INSERT INTO orders (k, c, tags, s) VALUES (?, ?, ?, ?)';
  await client.execute(insert, [1, 'x', ['b', 'a'], 5], { prepare: true });
  await client.execute(insert, [1, 'y', cassandra.types.unset, cassandra.types.unset], { prepare: true });
  const rows = await client.execute('SELECT c, tags, s FROM orders WHERE k = :key', { key: 1 }, { prepare: true });
  assert.deepStrictEqual(rows.rows.map(row => [row.c, row.tags, row.s]), [['y', null, 5], ['x', ['a', 'b'], 5]]);

  // The table changes under the statement.
  const wide = 'SELECT * FROM orders WHERE k = ?';
  assert.strictEqual((await client.execute(wide, [1], { prepare: true })).columns.length, 5);
  await client.execute('ALTER TABLE orders ADD later bigint');
  await client.execute("UPDATE orders SET later = 9 WHERE k = 1 AND c = 'x'");
  const after = await client.execute(wide, [1], { prepare: true });
  assert.deepStrictEqual(after.rows.map(row => row.later && row.later.toNumber()), [null, 9]);
}

async function paging(client) {
  const expected = Array.from({ length: 20 }, (_, i) => String(19 - i).padStart(2, '0'));
  for (const c of expected) {
    await client.execute('INSERT INTO orders (k, c) VALUES (2, ?)', [c], { prepare: true });
  }

  const select = 'SELECT c FROM orders WHERE k = 2';
  const first = await client.execute(select, [], { prepare: true, fetchSize: 7 });
  assert.deepStrictEqual(first.rows.map(row => row.c), expected.slice(0, 7));
  const second = await client.execute(select, [], { prepare: true, fetchSize: 50, pageState: first.pageState });
  assert.deepStrictEqual(second.rows.map(row => row.c), expected.slice(7));
  const seen = [];
  for await (const row of client.stream(select, [], { prepare: true, fetchSize: 7, autoPage: true })) {
    seen.push(row.c);
  }

  assert.deepStrictEqual(seen, expected);
}

async function userTypes(client) {
  const insert = 'INSERT INTO orders (k, c, a) VALUES (3, ?, ?)';
  await client.execute(insert, ['x', { street: 'High', zip: 7 }], { prepare: true });
  await client.execute(insert, ['w', { street: null, zip: 8 }], { prepare: true });
  const rows = await client.execute('SELECT a, a.zip AS zip FROM orders WHERE k = 3');
  assert.deepStrictEqual(rows.rows.map(row => [row.a.street, row.a.zip, row.zip]), [['High', 7, 7], [null, 8, 8]]);
}

async function batches(client) {
  const insert = 'INSERT INTO orders (k, c, s) VALUES (?, ?, ?)';
  const batch = Array.from({ length: 20 }, (_, i) => ({ query: insert, params: [4, String(i).padStart(2, '0'), i] }));
  await client.batch([...batch, { query: 'DELETE FROM orders WHERE k = 4 AND c = ?', params: ['07'] }], { prepare: true });
  assert.strictEqual((await client.execute('SELECT count(*) AS n FROM orders WHERE k = 4')).first().n.toNumber(), 19);
  await client.execute('CREATE TABLE counts (k int PRIMARY KEY, n counter)');
  await client.batch(Array.from({ length: 3 }, () => ({ query: 'UPDATE counts SET n = n + 2 WHERE k = 1' })), { counter: true });
  assert.strictEqual((await client.execute('SELECT n FROM counts')).first().n.toNumber(), 6);
}

async function conditions(client) {
  assert.strictEqual((await client.execute("INSERT INTO orders (k, c) VALUES (1, 'x') IF NOT EXISTS")).wasApplied(), false);
  const refused = await client.execute('UPDATE orders SET s = 6 WHERE k = 1 IF s = 4');
  assert.deepStrictEqual([refused.wasApplied(), refused.first().s], [false, 5]);
  assert.strictEqual((await client.execute('UPDATE orders SET s = 6 WHERE k = 1 IF s = 5')).wasApplied(), true);
}

async function tracing(client) {
  const result = await client.execute('SELECT key FROM system.local', [], { traceQuery: true });
  assert.strictEqual((await client.metadata.getTrace(result.info.traceId)).requestType, 'Execute CQL3 query');
}

async function errors(client) {
  const codes = cassandra.types.responseErrorCodes;
  for (const [statement, code] of [
    ['SELEC x', codes.syntaxError],
    ['SELECT x FROM nowhere', codes.invalid],
    ['CREATE TABLE users (id int PRIMARY KEY)', codes.alreadyExists],
  ]) {
    await assert.rejects(client.execute(statement), error => error.code === code);
  }
}

async function main(host, port) {
  const options = { contactPoints: [host], protocolOptions: { port: Number(port) }, localDataCenter: 'dc1' };
  const first = new cassandra.Client(options);
  await first.connect();
  console.log(`version ${require('cassandra-driver/package.json').version}`);
  await first.execute('DROP KEYSPACE IF EXISTS js');
  await first.execute("CREATE KEYSPACE js WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
  await first.shutdown();
  const client = new cassandra.Client({ ...options, keyspace: 'js' });
  await client.connect();
  for (const [name, part] of [
    ['quickstart', quickstart],
    ['schema metadata', schemaMetadata],
    ['nodes', nodes],
    ['prepared statements', preparedStatements],
    ['paging', paging],
    ['user-defined types', userTypes],
    ['batches', batches],
    ['conditions', conditions],
    ['tracing', tracing],
    ['errors', errors],
  ]) {
    await part(client);
    console.log(`${name} ok`);
  }

  await client.shutdown();
}

main(process.argv[2], process.argv[3]).catch(error => {
  console.error(error);
  process.exit(1);
});
