namespace Ilium.Connection;

/// <summary>Stands in a stream table for requests that were given up, so that they can be collected long before their answers come, if ever.</summary>
internal sealed class OrphanRequest : PendingRequest
{
    internal OrphanRequest() => Envelope.Dispose();

    internal override bool CompletesInline => true;

    internal override void Complete() => throw new InvalidOperationException("It is never armed.");

    internal override void Fail(Exception reason) => throw new InvalidOperationException("It is never armed.");

    internal override Exception CreateTimeout() => throw new InvalidOperationException("It is never armed.");
}
