using System.Buffers;
using Ilium.Buffers;
using Ilium.Protocol;

namespace Ilium.Tests.Protocol;

/// <summary>Sound streams with a few bytes changed, cut or repeated: whatever happens, it is a typed exception or a result.</summary>
public class MutatedBytesTests
{
    private static readonly string[] Bodies =
    [
        "00000002 00000001 00000002 0002 'ks' 0001 't' 0001 'a' 0009 0001 'b' 0021 000D 0031 0002 0009 000C 00000000",
        "00000002 0000000B 00000001 00000003 010203 0002 AABB 0002 'ks' 0001 't' 0001 'a' 0030 0001 'k' 0001 'u' 0001 0001 'f' 0009",
        "00000003 0002 'ks'",
        "00000004 0002 A1A2 0001 B1 00000001 00000001 00000001 0000 0002 'ks' 0001 't' 0001 'a' 0009 00000004 00000000",
        "00000005 0007 'CREATED' 0008 'FUNCTION' 0002 'ks' 0001 'f' 0001 0003 'int'",
    ];

    private static readonly string[] Errors =
    [
        "00001100 0001 'm' 0004 00000001 00000002 0003 'CAS' 0007",
        "00001300 0001 'm' 0004 00000001 00000002 00000002 04 0A000001 0001 04 0A000002 0002 01",
        "00001400 0001 'm' 0002 'ks' 0001 'f' 0002 0003 'int' 0004 'text'",
        "00002500 0001 'm' 0003 010203",
    ];

    [Theory]
    [InlineData(ProtocolVersion.V3)]
    [InlineData(ProtocolVersion.V4)]
    [InlineData(ProtocolVersion.V5)]
    public void Nothing_but_a_malformed_response_comes_out_of_mutated_envelopes(ProtocolVersion version)
    {
        var random = new Random(7 + (int)version);
        for (var i = 0; i < 3000; i++)
        {
            using var decoder = new EnvelopeDecoder(version, new Lz4EnvelopeCompressor(), maxBodyLength: 1 << 20);
            Feed(decoder, Mutate(random, Stream(random, version)), random, version);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_but_a_malformed_response_comes_out_of_mutated_segments(bool compressed)
    {
        var random = new Random(compressed ? 5 : 6);
        for (var i = 0; i < 3000; i++)
        {
            using var decoder = new SegmentDecoder(ProtocolVersion.V5, compressed, maxBodyLength: 1 << 20);

            // Mutated before the checksums are made, so that the damage gets past them.
            var payload = Mutate(random, Stream(random, ProtocolVersion.V5));
            var cut = random.Next(payload.Length + 1);
            var sliced = random.Next(2) == 0;
            byte[] stream = sliced
                ? [.. Wire.Segment(payload.AsSpan(0, cut), false, compressed), .. Wire.Segment(payload.AsSpan(cut), false, compressed)]
                : Wire.Segment(payload, selfContained: true, compressed);
            Feed(decoder, random.Next(4) == 0 ? Mutate(random, stream) : stream, random, ProtocolVersion.V5);
        }
    }

    private static byte[] Stream(Random random, ProtocolVersion version)
    {
        var stream = new List<byte>();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            stream.AddRange(random.Next(3) switch
            {
                0 => Wire.Envelope(version, 1, Opcode.Error, Wire.Bytes(Errors[random.Next(Errors.Length)])),
                1 => Wire.Envelope(version, -1, Opcode.Event, Wire.Bytes("000D 'STATUS_CHANGE' 0002 'UP' 04 0A000001 00002352")),
                _ => Wire.Envelope(version, 2, Opcode.Result, Wire.Bytes(Bodies[random.Next(Bodies.Length)])),
            });
        }

        return [.. stream];
    }

    private static byte[] Mutate(Random random, byte[] bytes)
    {
        var copy = bytes.ToList();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(copy.Count);
            switch (random.Next(4))
            {
                case 0:
                    copy[at] = (byte)random.Next(256);
                    break;
                case 1:
                    copy[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2 when copy.Count > 1:
                    copy.RemoveRange(at, random.Next(1, Math.Min(8, copy.Count - at) + 1));
                    break;
                default:
                    copy.Insert(at, 0xFF);
                    break;
            }

            if (copy.Count == 0)
            {
                copy.Add(0);
            }
        }

        return [.. copy];
    }

    private static void Feed(FrameDecoder decoder, byte[] stream, Random random, ProtocolVersion version)
    {
        var sink = new ParsingSink(version);
        try
        {
            Assert.InRange(decoder.InPieces(stream, random.Next(1, stream.Length + 1), sink), 0, stream.Length);
        }
        catch (MalformedResponseException error)
        {
            Assert.NotEmpty(error.Message);
        }
    }

    /// <summary>Reads each body with the parser its opcode asks for.</summary>
    private sealed class ParsingSink(ProtocolVersion version) : IEnvelopeSink
    {
        public void OnEnvelope(in EnvelopeHeader header, byte[] pooledArray, int offset, int length)
        {
            OnEnvelope(in header, pooledArray.AsSpan(offset, length));
            ArrayPool<byte>.Shared.Return(pooledArray);
        }

        public void OnEnvelope(in EnvelopeHeader header, ReadOnlySpan<byte> body)
        {
            try
            {
                var reader = new CqlReader(body);
                _ = ResponsePrefix.Read(in header, ref reader);
                object? result = header.Opcode switch
                {
                    Opcode.Error => ErrorResponse.Read(ref reader, version),
                    Opcode.Event => ServerEvent.Read(ref reader),
                    Opcode.Result => ReadResult(ref reader),
                    Opcode.Supported => SupportedResponse.Read(ref reader),
                    _ => AuthToken.Read(ref reader),
                };
                Assert.InRange(reader.Remaining, 0, body.Length);
                _ = result?.ToString();
            }
            catch (MalformedResponseException error)
            {
                Assert.NotEmpty(error.Message);
            }
        }

        private object? ReadResult(ref CqlReader reader) => (ResultKind)reader.ReadInt32() switch
        {
            ResultKind.Rows => RowsResult.ReadMetadata(ref reader).Metadata,
            ResultKind.SetKeyspace => SetKeyspaceResult.Read(ref reader),
            ResultKind.Prepared => PreparedResult.Read(ref reader, version),
            ResultKind.SchemaChange => SchemaChange.Read(ref reader),
            _ => null,
        };
    }
}
