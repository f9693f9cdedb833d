namespace Ilium;

/// <summary>When the schema is read.</summary>
public enum SchemaLoading
{
    /// <summary>When <see cref="Cluster.GetSchemaAsync"/> first asks for it, and then kept up to date.</summary>
    OnDemand,

    /// <summary>Before <see cref="Cluster.ConnectAsync(CancellationToken)"/> ends, and then kept up to date.</summary>
    OnConnect,

    /// <summary>Never: asking for it is refused, and the servers' events about it are only passed on.</summary>
    Off,
}

/// <summary>What the driver does about the schema. Immutable and safe to share.</summary>
public sealed record SchemaOptions
{
    /// <summary>
    /// When the schema is read. Default <see cref="SchemaLoading.OnDemand"/>: a cluster whose schema nobody asks for does not pay for it, nor do its nodes.
    /// </summary>
    public SchemaLoading Loading { get; init; }

    /// <summary>
    /// The keyspaces to read, spelled as they were created, without quotes; others are left out. Default empty: all, with the system's own. Names that are
    /// not there (yet) are no fault.
    /// </summary>
    public IReadOnlyList<string> Keyspaces { get; init => field = value is null ? value! : [.. value]; } = [];

    /// <summary>
    /// How long a statement that changes the schema waits for all nodes that are up to have the change, within its own
    /// <see cref="ClusterOptions.RequestTimeout"/>; <see cref="ExecutionInfo.IsSchemaInAgreement"/> says whether they had. Default 10 s; zero does not wait.
    /// </summary>
    public TimeSpan AgreementTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause between two looks at the nodes' versions of the schema. Default 200 ms.</summary>
    public TimeSpan AgreementInterval { get; init; } = TimeSpan.FromMilliseconds(200);
}
