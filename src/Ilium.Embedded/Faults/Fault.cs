using System.Net;
using Ilium.Embedded.Server;

namespace Ilium.Embedded;

/// <summary>Something that goes wrong by plan: which requests it meets, how often, and what happens to them. Immutable.</summary>
/// <remarks>
/// <see cref="EmbeddedFaults.Add"/> puts it in force. Everything about it is deterministic: time is the node's <see cref="TimeProvider"/>, chance comes from
/// <see cref="Seed"/>, and requests of one connection are met in their order.
/// </remarks>
public sealed record Fault
{
    /// <summary>What happens.</summary>
    public FaultKind Kind { get; init; }

    /// <summary>Which requests it is for; those that run statements by default.</summary>
    public FaultPoint Point { get; init; } = FaultPoint.Statements;

    /// <summary>Only requests whose CQL text contains this, in any case; null for all.</summary>
    public string? Statement { get; init; }

    /// <summary>How many requests it meets before it is over; null for no end.</summary>
    public int? Times { get; init; }

    /// <summary>How many requests that would be met are let through first.</summary>
    public int After { get; init; }

    /// <summary>The share of requests that are met, from 0 to 1; the default is 1, each of them.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>Where chance begins: the same seed meets the same requests.</summary>
    public int Seed { get; init; }

    /// <summary>For <see cref="FaultKind.Delay"/>: how long the answer is held back.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>For <see cref="FaultKind.Error"/>: the protocol's code of the error, for example 0x1001 for "overloaded" (native protocol §9).</summary>
    public int ErrorCode { get; init; }

    /// <summary>For <see cref="FaultKind.Error"/>: the message; null for one that fits the code.</summary>
    public string? Message { get; init; }

    /// <summary>For timeouts and failures: how many replicas answered.</summary>
    public int Received { get; init; }

    /// <summary>For timeouts, failures and "unavailable": how many replicas are needed.</summary>
    public int Required { get; init; } = 1;

    /// <summary>For timeouts, failures and "unavailable": the consistency level they name; null for that of the request.</summary>
    public ConsistencyLevel? Consistency { get; init; }

    /// <summary>For write timeouts and failures: the protocol's word for the kind of write.</summary>
    public string WriteType { get; init; } = "SIMPLE";

    /// <summary>For read timeouts and failures: whether the replica asked for the data has answered.</summary>
    public bool DataPresent { get; init; }

    /// <summary>For <see cref="FaultKind.Error"/>: the request is run all the same, as after a timeout that came too early.</summary>
    public bool Applies { get; init; }

    /// <summary>Answers are held back.</summary>
    /// <param name="duration">For how long, by the node's clock.</param>
    public static Fault Delay(TimeSpan duration) => new() { Kind = FaultKind.Delay, Duration = duration };

    /// <summary>Answers are held back until <see cref="ActiveFault.Release"/> lets them go, or the fault is disposed.</summary>
    public static Fault Hold() => new() { Kind = FaultKind.Hold };

    /// <summary>Nothing goes wrong: requests are counted, so that a test knows of them and can wait for them.</summary>
    public static Fault Watch() => new() { Kind = FaultKind.Watch };

    /// <summary>Requests are run and never answered.</summary>
    public static Fault NeverAnswer() => new() { Kind = FaultKind.NeverAnswer };

    /// <summary>Half of an answer, then the end of the connection.</summary>
    public static Fault DropInFrame() => new() { Kind = FaultKind.DropInFrame };

    /// <summary>An answer whose checksum is wrong.</summary>
    public static Fault CorruptSegment() => new() { Kind = FaultKind.CorruptSegment };

    /// <summary>An answer that is overtaken by the next.</summary>
    public static Fault OutOfOrder() => new() { Kind = FaultKind.OutOfOrder };

    /// <summary>The end of the connection instead of an answer.</summary>
    public static Fault CloseConnection() => new() { Kind = FaultKind.CloseConnection };

    /// <summary>A prepared statement the node has forgotten.</summary>
    public static Fault Unprepared() => new() { Kind = FaultKind.Unprepared, Point = FaultPoint.Execute | FaultPoint.Batch };

    /// <summary>PREPARE takes its time.</summary>
    /// <param name="duration">How long, by the node's clock.</param>
    public static Fault SlowPrepare(TimeSpan duration) => new() { Kind = FaultKind.Delay, Point = FaultPoint.Prepare, Duration = duration };

    /// <summary>"Overloaded" (0x1001).</summary>
    public static Fault Overloaded() => Error(OverloadedException.ErrorCode);

    /// <summary>"Unavailable" (0x1000): too few replicas are alive.</summary>
    /// <param name="required">How many the consistency level needs.</param>
    /// <param name="alive">How many there are.</param>
    public static Fault Unavailable(int required, int alive) => Error(UnavailableException.ErrorCode) with { Required = required, Received = alive };

    /// <summary>A read timeout (0x1200).</summary>
    /// <param name="received">How many replicas answered.</param>
    /// <param name="required">How many were needed.</param>
    /// <param name="dataPresent">Whether the one asked for the data has.</param>
    public static Fault ReadTimeout(int received, int required, bool dataPresent) =>
        Error(ReadTimeoutException.ErrorCode) with { Received = received, Required = required, DataPresent = dataPresent };

    /// <summary>A write timeout (0x1100). The write is applied, as most such writes are.</summary>
    /// <param name="writeType">The protocol's word for the kind of write: SIMPLE, BATCH, UNLOGGED_BATCH, COUNTER, BATCH_LOG, CAS, VIEW or CDC.</param>
    /// <param name="received">How many replicas answered.</param>
    /// <param name="required">How many were needed.</param>
    public static Fault WriteTimeout(string writeType, int received, int required) =>
        Error(WriteTimeoutException.ErrorCode) with { WriteType = writeType, Received = received, Required = required, Applies = true };

    /// <summary>Any error.</summary>
    /// <param name="code">The protocol's code (native protocol §9).</param>
    /// <param name="message">The message; null for one that fits the code.</param>
    public static Fault Error(int code, string? message = null) => new() { Kind = FaultKind.Error, ErrorCode = code, Message = message };

    /// <summary>What is answered instead of running the request; null when it is run.</summary>
    internal CqlError? Refusal(QueryOptions? options) => Kind == FaultKind.Error && !Applies ? ToError(options) : null;

    internal CqlError ToError(QueryOptions? options)
    {
        var consistency = Consistency ?? options?.Consistency ?? ConsistencyLevel.One;
        var node = IPAddress.Loopback;
        var error = ErrorCode switch
        {
            UnavailableException.ErrorCode => CqlError.Unavailable(consistency, Required, Received),
            OverloadedException.ErrorCode => CqlError.Overloaded("Request breached the node's limit of requests in flight"),
            IsBootstrappingException.ErrorCode => CqlError.Bootstrapping("Cannot read from a bootstrapping node"),
            TruncateException.ErrorCode => CqlError.Truncate("Cannot truncate, some nodes are down"),
            WriteTimeoutException.ErrorCode => CqlError.WriteTimeout(consistency, Received, Required, WriteType),
            ReadTimeoutException.ErrorCode => CqlError.ReadTimeout(consistency, Received, Required, DataPresent),
            ReadFailureException.ErrorCode => CqlError.ReadFailure(consistency, Received, Required, 1, node, DataPresent),
            WriteFailureException.ErrorCode => CqlError.WriteFailure(consistency, Received, Required, 1, node, WriteType),
            FunctionFailureException.ErrorCode => CqlError.FunctionFailure("ks", "f", [], "execution of a function failed"),
            CasWriteUnknownException.ErrorCode => CqlError.CasWriteUnknown(consistency, Received, Required),
            AlreadyExistsException.ErrorCode => CqlError.AlreadyExists("ks", "t", "Cannot add already existing table \"t\" to keyspace \"ks\""),
            UnpreparedException.ErrorCode => CqlError.Unprepared(new byte[16]),
            _ => new CqlError(ErrorCode, "A fault was asked for"),
        };
        return Message is null ? error : error.WithMessage(Message);
    }
}
