"""What an application does, with the DataStax driver for Python: client.py host port. Prints "ok" when every answer was right."""
import sys
import uuid
from collections import namedtuple

from cassandra import ConsistencyLevel
from cassandra.cluster import Cluster
from cassandra.query import BatchStatement, SimpleStatement


def check(what, actual, expected):
    if actual != expected:
        raise AssertionError(f"{what}: {actual!r} instead of {expected!r}")


def main(host, port):
    cluster = Cluster([host], port=port)
    session = cluster.connect()
    session.execute("DROP KEYSPACE IF EXISTS py")
    session.execute("CREATE KEYSPACE py WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}")
    session.set_keyspace("py")

    # The quickstart.
    session.execute("CREATE TABLE users (id uuid PRIMARY KEY, name text, age int)")
    session.execute("INSERT INTO users (id, name, age) VALUES (%s, %s, %s)", (uuid.uuid4(), "John Doe", 30))
    rows = list(session.execute("SELECT name, age FROM users WHERE age > 25 ALLOW FILTERING"))
    check("quickstart", [(row.name, row.age) for row in rows], [("John Doe", 30)])

    # Schema metadata.
    session.execute("CREATE TYPE address (street text, zip int)")
    session.execute(
        "CREATE TABLE orders (k int, c text, a frozen<address>, tags set<text>, s int static, PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (c DESC)")
    session.execute("CREATE INDEX by_tag ON orders (tags)")
    cluster.refresh_schema_metadata()
    keyspace = cluster.metadata.keyspaces["py"]
    table = keyspace.tables["orders"]
    check("partition key", [c.name for c in table.partition_key], ["k"])
    check("clustering key", [(c.name, c.is_reversed) for c in table.clustering_key], [("c", True)])
    check("type of a", table.columns["a"].cql_type, "frozen<address>")
    check("static", table.columns["s"].is_static, True)
    check("index", list(table.indexes), ["by_tag"])
    check("type", keyspace.user_types["address"].field_names, ["street", "zip"])
    check("tokens", len(cluster.metadata.token_map.ring) > 0, True)

    # Prepared statements, user-defined types, collections.
    Address = namedtuple("Address", ("street", "zip"))
    cluster.register_user_type("py", "address", Address)
    insert = session.prepare("INSERT INTO orders (k, c, a, tags, s) VALUES (?, ?, ?, ?, ?)")
    session.execute(insert, (1, "x", Address("High", 7), {"b", "a"}, 5))
    row = session.execute("SELECT * FROM orders WHERE k = 1").one()
    check("row", (row.k, row.c, row.a.street, row.a.zip, set(row.tags), row.s), (1, "x", "High", 7, {"a", "b"}, 5))

    # Batches and conditions.
    batch = BatchStatement(consistency_level=ConsistencyLevel.ONE)
    for i in range(20):
        batch.add(insert, (2, f"{i:02}", None, None, i))
    session.execute(batch)
    applied = session.execute("INSERT INTO orders (k, c) VALUES (1, 'x') IF NOT EXISTS").one()
    check("applied", applied.applied if hasattr(applied, "applied") else applied[0], False)

    # Paging.
    statement = SimpleStatement("SELECT c FROM orders WHERE k = 2", fetch_size=7)
    check("pages", [row.c for row in session.execute(statement)], [f"{i:02}" for i in reversed(range(20))])

    # Tracing.
    result = session.execute("SELECT key FROM system.local", trace=True)
    check("trace", result.get_query_trace(max_wait_sec=5).request_type, "Execute CQL3 query")
    cluster.shutdown()
    print("ok")


main(sys.argv[1], int(sys.argv[2]))
