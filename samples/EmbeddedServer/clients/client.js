// What an application does, with the DataStax driver for Node.js: node client.js host port. Prints "ok" when every answer was right.
'use strict';
const assert = require('assert');
const cassandra = require('cassandra-driver');

async function main(host, port) {
  const client = new cassandra.Client({ contactPoints: [`${host}:${port}`], localDataCenter: 'dc1' });
  await client.connect();
  await client.execute('DROP KEYSPACE IF EXISTS js');
  await client.execute("CREATE KEYSPACE js WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
  await client.execute('USE js');

  // The quickstart.
  await client.execute('CREATE TABLE js.users (id uuid PRIMARY KEY, name text, age int)');
  await client.execute('INSERT INTO js.users (id, name, age) VALUES (?, ?, ?)', [cassandra.types.Uuid.random(), 'John Doe', 30], { prepare: true });
  const users = await client.execute('SELECT name, age FROM js.users WHERE age > 25 ALLOW FILTERING');
  assert.deepStrictEqual(users.rows.map(row => [row.name, row.age]), [['John Doe', 30]]);

  // Schema metadata.
  await client.execute('CREATE TYPE js.address (street text, zip int)');
  await client.execute('CREATE TABLE js.orders (k int, c text, a frozen<address>, tags set<text>, s int static, PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (c DESC)');
  await client.execute('CREATE INDEX by_tag ON js.orders (tags)');
  const table = await client.metadata.getTable('js', 'orders');
  assert.deepStrictEqual(table.partitionKeys.map(column => column.name), ['k']);
  assert.deepStrictEqual(table.clusteringKeys.map(column => column.name), ['c']);
  assert.deepStrictEqual(table.clusteringOrder, ['DESC']);
  assert.deepStrictEqual(table.indexes.map(index => index.name), ['by_tag']);
  const type = await client.metadata.getUdt('js', 'address');
  assert.deepStrictEqual(type.fields.map(field => field.name), ['street', 'zip']);

  // Prepared statements, user-defined types, collections.
  const insert = 'INSERT INTO js.orders (k, c, a, tags, s) VALUES (?, ?, ?, ?, ?)';
  await client.execute(insert, [1, 'x', { street: 'High', zip: 7 }, ['b', 'a'], 5], { prepare: true });
  const row = (await client.execute('SELECT * FROM js.orders WHERE k = ?', [1], { prepare: true })).first();
  assert.deepStrictEqual([row.c, row.a.street, row.a.zip, row.tags, row.s], ['x', 'High', 7, ['a', 'b'], 5]);

  // Batches and conditions.
  const batch = Array.from({ length: 20 }, (_, i) => ({ query: insert, params: [2, String(i).padStart(2, '0'), null, null, i] }));
  await client.batch(batch, { prepare: true });
  const applied = await client.execute("INSERT INTO js.orders (k, c) VALUES (1, 'x') IF NOT EXISTS");
  assert.strictEqual(applied.wasApplied(), false);

  // Paging.
  const seen = [];
  for await (const page of client.stream('SELECT c FROM js.orders WHERE k = 2', [], { prepare: true, fetchSize: 7, autoPage: true })) {
    seen.push(page.c);
  }

  assert.deepStrictEqual(seen, Array.from({ length: 20 }, (_, i) => String(19 - i).padStart(2, '0')));
  await client.shutdown();
  console.log('ok');
}

main(process.argv[2], process.argv[3]).catch(error => {
  console.error(error);
  process.exit(1);
});
