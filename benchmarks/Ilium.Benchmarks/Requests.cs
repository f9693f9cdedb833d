using BenchmarkDotNet.Attributes;
using Ilium.Buffers;
using Ilium.Connection;
using Ilium.Protocol;

namespace Ilium.Benchmarks;

/// <summary>What one request costs around the wire: encoding EXECUTE, a stream id, and one life of a pooled pending request.</summary>
[MemoryDiagnoser]
public class Requests
{
    private const int InFlight = 256;

    private readonly byte[] _id = [.. Enumerable.Range(0, 16).Select(value => (byte)value)];
    private readonly byte[] _values = [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 42];
    private readonly CqlWriter _writer = new();
    private readonly StreamTable _streams = new();
    private readonly SilentRequest _request = new();
    private readonly short[] _ids = new short[InFlight];
    private readonly ObjectPool<SilentRequest> _pool = new(static () => new SilentRequest(), InFlight);

    [GlobalCleanup]
    public void CleanUp() => _writer.Dispose();

    [Benchmark]
    public int Encode_execute_v4() => Encode(ProtocolVersion.V4);

    [Benchmark]
    public int Encode_execute_v5() => Encode(ProtocolVersion.V5);

    [Benchmark(OperationsPerInvoke = InFlight)]
    public int Take_and_free_a_stream_id()
    {
        for (var i = 0; i < InFlight; i++)
        {
            _streams.TryTake(_request, deadline: 0, batch: 0, out _ids[i]);
        }

        foreach (var id in _ids)
        {
            _streams.TryFree(id);
        }

        return _streams.InUse;
    }

    [Benchmark]
    public bool Life_of_a_pending_request()
    {
        var request = _pool.Rent();
        request.Arm();
        var claimed = request.TryClaim(request.Version);
        request.Complete();
        _pool.Return(request);
        return claimed;
    }

    private int Encode(ProtocolVersion version)
    {
        _writer.Clear();
        var parameters = new QueryParameters
        {
            Consistency = ConsistencyLevel.LocalOne,
            EncodedValues = _values,
            ValueCount = 1,
            PageSize = 5000,
            SkipMetadata = version >= ProtocolVersion.V5,
        };
        var start = EnvelopeWriter.Begin(_writer, version, Opcode.Execute);
        ExecuteRequest.Write(_writer, version, _id, version >= ProtocolVersion.V5 ? _id : default, in parameters);
        EnvelopeWriter.End(_writer, start);
        return _writer.Length;
    }

    private sealed class SilentRequest : PendingRequest
    {
        internal override bool CompletesInline => true;

        internal override void Complete()
        {
        }

        internal override void Fail(Exception reason)
        {
        }

        internal override Exception CreateTimeout() => new TimeoutException();
    }
}
