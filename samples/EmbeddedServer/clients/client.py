"""What an application does, with the DataStax driver for Python: client.py host port. Prints a line for each part whose answers were all right."""
import sys
import uuid
from collections import namedtuple

import cassandra
from cassandra import ConsistencyLevel
from cassandra.cluster import Cluster
from cassandra.query import BatchStatement, BatchType, SimpleStatement, dict_factory


def check(what, actual, expected):
    if actual != expected:
        raise AssertionError(f"{what}: {actual!r} instead of {expected!r}")


def quickstart(session):
    session.execute("CREATE TABLE users (id uuid PRIMARY KEY, name text, age int)")
    session.execute("INSERT INTO users (id, name, age) VALUES (%s, %s, %s)", (uuid.uuid4(), "John Doe", 30))
    for row in session.execute("SELECT name, age FROM users WHERE age > %s ALLOW FILTERING", (25,)):
        print(f"User: {row.name}, Age: {row.age}")


def schema_metadata(cluster, session):
    session.execute("CREATE TYPE address (street text, zip int)")
    session.execute(
        "CREATE TABLE orders (k int, c text, a frozen<address>, tags set<text>, s int static, PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (c DESC) AND comment = 'what was bought'")
    session.execute("CREATE INDEX by_tag ON orders (tags)")

    # The driver has followed the events of the three statements; nothing is refreshed by hand.
    keyspace = cluster.metadata.keyspaces["py"]
    table = keyspace.tables["orders"]
    check("columns", sorted((c.name, c.cql_type) for c in table.columns.values()), [
        ("a", "frozen<address>"), ("c", "text"), ("k", "int"), ("s", "int"), ("tags", "set<text>")])
    check("partition key", [c.name for c in table.partition_key], ["k"])
    check("clustering key", [(c.name, c.is_reversed) for c in table.clustering_key], [("c", True)])
    check("static", [c.name for c in table.columns.values() if c.is_static], ["s"])
    check("options", table.options["comment"], "what was bought")
    check("index", [(i.name, i.kind, dict(i.index_options)) for i in table.indexes.values()], [("by_tag", "COMPOSITES", {"target": "values(tags)"})])
    check("type", list(zip(keyspace.user_types["address"].field_names, keyspace.user_types["address"].field_types)), [("street", "text"), ("zip", "int")])
    check("replication", keyspace.replication_strategy.export_for_schema(), "{'class': 'SimpleStrategy', 'replication_factor': '1'}")

    # Everything is read again, and is the same.
    before = {name: t.export_as_string() for name, t in keyspace.tables.items()}
    cluster.refresh_schema_metadata()
    check("definitions", {name: t.export_as_string() for name, t in cluster.metadata.keyspaces["py"].tables.items()}, before)


def nodes(cluster, session):
    hosts = sorted(cluster.metadata.all_hosts(), key=lambda host: host.rack)
    for host in hosts:
        check("host", (host.datacenter, host.release_version[:2]), ("dc1", "5."))
        check("its own name", session.execute("SELECT host_id FROM system.local", host=host).one().host_id, host.host_id)

    # The tokens of each key's one replica are those that the server computes.
    session.execute("CREATE TABLE keys (k int PRIMARY KEY)")
    insert = session.prepare("INSERT INTO keys (k) VALUES (?)")
    used = set()
    for k in range(100):
        statement = insert.bind((k,))
        session.execute(statement)
        replicas = cluster.metadata.get_replicas("py", statement.routing_key)
        check("replicas", len(replicas), 1)
        used.add(replicas[0])
        token = session.execute("SELECT token(k) AS t FROM keys WHERE k = %s", (k,)).one().t
        check("token", cluster.metadata.token_map.token_class.from_key(statement.routing_key).value, token)

    check("nodes with keys", used, set(hosts))
    print(f"{len(hosts)} nodes in {', '.join(host.rack for host in hosts)}")


def prepared_statements(session):
    insert = session.prepare("INSERT INTO orders (k, c, tags, s) VALUES (?, ?, ?, ?)")
    check("variables", [(c.name, c.type.typename) for c in insert.column_metadata], [("k", "int"), ("c", "varchar"), ("tags", "set"), ("s", "int")])
    check("routing", insert.routing_key_indexes, [0])
    session.execute(insert, (1, "x", {"b", "a"}, 5))
    session.execute(insert, {"k": 1, "c": "y"})
    select = session.prepare("SELECT c, tags, s FROM orders WHERE k = :key")
    check("rows", [(row.c, set(row.tags or []), row.s) for row in session.execute(select, {"key": 1})], [("y", set(), 5), ("x", {"a", "b"}, 5)])

    # The table changes under the statement.
    wide = session.prepare("SELECT * FROM orders WHERE k = ?")
    check("before", len(session.execute(wide, (1,)).one()), 5)
    session.execute("ALTER TABLE orders ADD later bigint")
    session.execute("UPDATE orders SET later = 9 WHERE k = 1 AND c = 'x'")
    check("after", [row.later for row in session.execute(wide, (1,))], [None, 9])


def paging(session):
    insert = session.prepare("INSERT INTO orders (k, c) VALUES (2, ?)")
    expected = [f"{i:02}" for i in reversed(range(20))]
    for c in expected:
        session.execute(insert, (c,))
    result = session.execute(SimpleStatement("SELECT c FROM orders WHERE k = 2", fetch_size=7))
    pages = [[row.c for row in result.current_rows]]
    state = result.paging_state
    while result.has_more_pages:
        result.fetch_next_page()
        pages.append([row.c for row in result.current_rows])
    check("pages", pages, [expected[:7], expected[7:14], expected[14:]])

    # Another session goes on where the first page ended.
    again = session.execute(SimpleStatement("SELECT c FROM orders WHERE k = 2", fetch_size=50), paging_state=state)
    check("from the state", [row.c for row in again], expected[7:])


def user_types(cluster, session):
    address = namedtuple("address", ("street", "zip"))
    cluster.register_user_type("py", "address", address)
    insert = session.prepare("INSERT INTO orders (k, c, a) VALUES (3, ?, ?)")
    session.execute(insert, ("x", address("High", 7)))
    session.execute(insert, ("w", address(None, 8)))
    check("values", [row.a for row in session.execute("SELECT a FROM orders WHERE k = 3")], [address("High", 7), address(None, 8)])
    check("field", session.execute("SELECT a.street FROM orders WHERE k = 3 AND c = 'x'").one()[0], "High")


def batches(session):
    insert = session.prepare("INSERT INTO orders (k, c, s) VALUES (?, ?, ?)")
    batch = BatchStatement(consistency_level=ConsistencyLevel.ONE)
    for i in range(20):
        batch.add(insert, (4, f"{i:02}", i))
    batch.add("DELETE FROM orders WHERE k = 4 AND c = '07'")
    session.execute(batch)
    check("logged", [row.count for row in session.execute("SELECT count(*) FROM orders WHERE k = 4")], [19])
    session.execute("CREATE TABLE counts (k int PRIMARY KEY, n counter)")
    counters = BatchStatement(batch_type=BatchType.COUNTER)
    for _ in range(3):
        counters.add(SimpleStatement("UPDATE counts SET n = n + 2 WHERE k = 1"))
    session.execute(counters)
    check("counter", session.execute("SELECT n FROM counts").one().n, 6)


def conditions(session):
    session.row_factory, rows = dict_factory, session.row_factory
    check("not applied", session.execute("INSERT INTO orders (k, c) VALUES (1, 'x') IF NOT EXISTS").was_applied, False)
    check("values", session.execute("UPDATE orders SET s = 6 WHERE k = 1 IF s = 4").one(), {"[applied]": False, "s": 5})
    check("applied", session.execute("UPDATE orders SET s = 6 WHERE k = 1 IF s = 5").one(), {"[applied]": True})
    session.row_factory = rows


def tracing(session):
    result = session.execute("SELECT key FROM system.local", trace=True)
    check("trace", result.get_query_trace(max_wait_sec=5).request_type, "Execute CQL3 query")


def errors(session):
    for statement, expected in [
        ("SELEC x", cassandra.protocol.SyntaxException),
        ("SELECT x FROM nowhere", cassandra.InvalidRequest),
        ("CREATE TABLE users (id int PRIMARY KEY)", cassandra.AlreadyExists),
    ]:
        try:
            session.execute(statement)
        except expected:
            continue
        raise AssertionError(f"{statement}: no {expected.__name__}")


def main(host, port):
    cluster = Cluster([host], port=port)
    session = cluster.connect()
    print(f"version {cassandra.__version__}")
    session.execute("DROP KEYSPACE IF EXISTS py")
    session.execute("CREATE KEYSPACE py WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}")
    session.set_keyspace("py")
    for name, part in [
        ("quickstart", lambda: quickstart(session)),
        ("schema metadata", lambda: schema_metadata(cluster, session)),
        ("nodes", lambda: nodes(cluster, session)),
        ("prepared statements", lambda: prepared_statements(session)),
        ("paging", lambda: paging(session)),
        ("user-defined types", lambda: user_types(cluster, session)),
        ("batches", lambda: batches(session)),
        ("conditions", lambda: conditions(session)),
        ("tracing", lambda: tracing(session)),
        ("errors", lambda: errors(session)),
    ]:
        part()
        print(f"{name} ok")
    cluster.shutdown()


main(sys.argv[1], int(sys.argv[2]))
