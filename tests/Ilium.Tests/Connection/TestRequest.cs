using Ilium.Connection;
using Ilium.Protocol;

namespace Ilium.Tests.Connection;

/// <summary>A request that only records what becomes of it.</summary>
internal sealed class TestRequest(bool inline = true) : PendingRequest
{
    private int _completed;
    private int _failed;

    internal int Completed => Volatile.Read(ref _completed);

    internal int Failed => Volatile.Read(ref _failed);

    internal Exception? Reason { get; private set; }

    internal Action? OnComplete { get; set; }

    internal override bool CompletesInline => inline;

    internal static TestRequest Armed()
    {
        var request = new TestRequest();
        request.Arm();
        return request;
    }

    /// <summary>With an envelope whose body is these bytes.</summary>
    internal static TestRequest With(ReadOnlySpan<byte> body, ProtocolVersion version)
    {
        var request = new TestRequest();
        var start = EnvelopeWriter.Begin(request.Envelope, version, Opcode.Query, tracing: false, payload: null);
        request.Envelope.WriteRaw(body);
        EnvelopeWriter.End(request.Envelope, start, compressor: null);
        return request;
    }

    internal override void Complete()
    {
        Interlocked.Increment(ref _completed);
        OnComplete?.Invoke();
    }

    internal override void Fail(Exception reason)
    {
        Reason = reason;
        Interlocked.Increment(ref _failed);
    }

    internal override Exception CreateTimeout() => new TimeoutException();
}
