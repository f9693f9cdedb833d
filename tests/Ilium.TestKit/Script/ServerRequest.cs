namespace Ilium.TestKit;

/// <summary>
/// One request as the server got it, with the ways to answer it. Answers may be given from any thread, at any time, more than once or never; they leave in
/// the order in which the methods are called.
/// </summary>
public sealed class ServerRequest
{
    internal ServerRequest(ScriptedConnection connection, WireEnvelope envelope, byte[] body, RequestParts parts, IReadOnlyDictionary<string, byte[]?>? payload)
    {
        Connection = connection;
        Version = envelope.Version;
        Flags = envelope.Flags;
        StreamId = envelope.StreamId;
        Opcode = envelope.Opcode;
        Body = body;
        Parts = parts;
        CustomPayload = payload;
    }

    public ScriptedConnection Connection { get; }

    public int Version { get; }

    public WireFlags Flags { get; }

    public short StreamId { get; }

    public WireOpcode Opcode { get; }

    /// <summary>The body, decompressed, with the custom payload if there is one.</summary>
    public byte[] Body { get; }

    public RequestParts Parts { get; }

    public IReadOnlyDictionary<string, byte[]?>? CustomPayload { get; }

    public string? Cql => Parts.Cql;

    public IReadOnlyList<RequestValue> Values => Parts.Values;

    public bool IsTraced => (Flags & WireFlags.Tracing) != 0;

    public bool Is(WireOpcode opcode) => Opcode == opcode;

    /// <summary>Whether it is a QUERY, PREPARE or EXECUTE of a text that contains this, without regard to case.</summary>
    public bool Mentions(string text) => Cql?.Contains(text, StringComparison.OrdinalIgnoreCase) ?? false;

    public void Void(ReplyOptions? options = null) => Send(WireOpcode.Result, ResponseBodies.Void(), options);

    public void Rows(IReadOnlyList<ColumnSpec> columns, IReadOnlyList<byte[]?[]> rows, RowsOptions? rowsOptions = null, ReplyOptions? options = null)
    {
        rowsOptions ??= new RowsOptions();
        // A changed description is always sent (§4.2.5.2, Metadata_changed).
        rowsOptions = rowsOptions with { NoMetadata = rowsOptions.NoMetadata ?? (Parts.SkipMetadata && rowsOptions.NewMetadataId is null) };
        Send(WireOpcode.Result, ResponseBodies.Rows(columns, rows, rowsOptions), options);
    }

    public void Prepared(byte[] id, ServerStatement statement, ReplyOptions? options = null) =>
        Send(WireOpcode.Result, ResponseBodies.Prepared(Version, id, statement, Connection.HasMetadataIds), options);

    public void SetKeyspace(string keyspace, ReplyOptions? options = null) => Send(WireOpcode.Result, ResponseBodies.SetKeyspace(keyspace), options);

    public void SchemaChange(
        string change, string target, string keyspace, string? name = null, IReadOnlyCollection<string>? arguments = null, ReplyOptions? options = null) =>
        Send(WireOpcode.Result, ResponseBodies.SchemaChange(change, target, keyspace, name, arguments), options);

    /// <summary>An ERROR; <paramref name="extra"/> is what the code adds after the message (see <see cref="WireError"/> and §9).</summary>
    public void Error(int code, string message, byte[]? extra = null, ReplyOptions? options = null) =>
        Send(WireOpcode.Error, ResponseBodies.Error(code, message, extra), options);

    public void Unprepared(byte[] id) => Error(WireError.Unprepared, "Prepared query not found", new WireWriter().ShortBytes(id).ToArray());

    public void Ready() => Send(WireOpcode.Ready, []);

    public void Supported(IReadOnlyDictionary<string, IReadOnlyList<string>> options) =>
        Send(WireOpcode.Supported, new WireWriter().StringMultimap(options).ToArray());

    public void Authenticate(string authenticatorClass) => Send(WireOpcode.Authenticate, new WireWriter().String(authenticatorClass).ToArray());

    public void AuthChallenge(byte[]? token) => Send(WireOpcode.AuthChallenge, new WireWriter().Bytes(token).ToArray());

    public void AuthSuccess(byte[]? token = null) => Send(WireOpcode.AuthSuccess, new WireWriter().Bytes(token).ToArray());

    /// <summary>Any opcode with any body.</summary>
    public void Send(WireOpcode opcode, byte[] body, ReplyOptions? options = null) => Connection.Reply(this, opcode, body, options ?? new ReplyOptions());

    /// <summary>Bytes as they are: no envelope, no segment, no compression.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => Connection.SendRaw(bytes);

    /// <summary>Answers once the gate completes; for a gate that fails or is cancelled, never.</summary>
    public void ReplyWhen(Task gate, Action<ServerRequest> reply) => gate.ContinueWith(
        _ => reply(this),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    public override string ToString() => $"v{Version} {Opcode} #{StreamId}{(Cql is null ? string.Empty : " " + Cql)}";
}
