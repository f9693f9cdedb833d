namespace Ilium.Execution;

/// <summary>See <see cref="TimestampGenerator.ServerSide"/>.</summary>
internal sealed class ServerTimestamps : TimestampGenerator
{
    public override long? Next() => null;
}
