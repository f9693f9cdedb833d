using Ilium.Buffers;
using Ilium.Embedded.Execution;
using Ilium.Protocol;

namespace Ilium.Embedded.Server;

/// <summary>What STARTUP agreed on.</summary>
internal sealed record StartupAgreement(ProtocolVersion Version, string? Compression);

/// <summary>One answer before it is written.</summary>
internal sealed class EnvelopeBody
{
    internal Opcode Opcode { get; private set; }

    internal EnvelopeFlags Flags { get; private set; }

    internal ActiveFault? Fault { get; set; }

    internal bool ThenClose { get; set; }

    internal Guid? TracingId { get; set; }

    internal List<string>? Warnings { get; set; }

    /// <summary>What a client sent along, sent back by servers that have a use for it.</summary>
    internal IReadOnlyDictionary<string, byte[]>? Payload { get; set; }

    internal CqlError? Error { get; private set; }

    internal StatementResult? Result { get; private set; }

    internal StoredStatement? Prepared { get; private set; }

    internal bool SkipMetadata { get; private set; }

    internal byte[]? KnownMetadataId { get; private set; }

    internal Action<CqlWriter>? Other { get; private set; }

    internal EnvelopeBody Failed(CqlError error)
    {
        Clear(Opcode.Error);
        Error = error;
        return this;
    }

    internal EnvelopeBody Gave(StatementResult result, bool skipMetadata = false, byte[]? knownMetadataId = null)
    {
        Clear(Opcode.Result);
        Result = result;
        SkipMetadata = skipMetadata;
        KnownMetadataId = knownMetadataId;
        return this;
    }

    internal EnvelopeBody Gave(StoredStatement prepared)
    {
        Clear(Opcode.Result);
        Prepared = prepared;
        return this;
    }

    internal EnvelopeBody Is(Opcode opcode, Action<CqlWriter>? write = null)
    {
        Clear(opcode);
        Other = write;
        return this;
    }

    internal void WriteTo(CqlWriter writer, ProtocolVersion version)
    {
        WritePrefix(writer, version);
        if (Error is not null)
        {
            Error.Write(writer, version);
        }
        else if (Result is not null)
        {
            ResultWriter.Write(writer, version, Result, SkipMetadata, KnownMetadataId);
        }
        else if (Prepared is not null)
        {
            ResultWriter.WritePrepared(writer, version, Prepared);
        }
        else
        {
            Other?.Invoke(writer);
        }
    }

    // The header is written before the body, and the flags stand in it: they are known from the start.
    internal void SetFlags(ProtocolVersion version)
    {
        Flags = (TracingId is null ? 0 : EnvelopeFlags.Tracing)
            | (Warnings is null || version < ProtocolVersion.V4 ? 0 : EnvelopeFlags.Warning)
            | (Payload is null || version < ProtocolVersion.V4 ? 0 : EnvelopeFlags.CustomPayload);
    }

    private void WritePrefix(CqlWriter writer, ProtocolVersion version)
    {
        if (TracingId is { } id)
        {
            id.TryWriteBytes(writer.Reserve(16), bigEndian: true, out _);
        }

        if (version < ProtocolVersion.V4)
        {
            return;
        }

        if (Warnings is { } warnings)
        {
            writer.WriteUInt16((ushort)warnings.Count);
            foreach (var warning in warnings)
            {
                writer.WriteString(warning);
            }
        }

        if (Payload is { } payload)
        {
            writer.WriteUInt16((ushort)payload.Count);
            foreach (var (key, value) in payload)
            {
                writer.WriteString(key);
                writer.WriteBytes(value);
            }
        }
    }

    private void Clear(Opcode opcode)
    {
        Opcode = opcode;
        Flags = EnvelopeFlags.None;
        Fault = null;
        ThenClose = false;
        TracingId = null;
        Warnings = null;
        Payload = null;
        Error = null;
        Result = null;
        Prepared = null;
        SkipMetadata = false;
        KnownMetadataId = null;
        Other = null;
    }
}
