namespace Ilium;

/// <summary>Something to run: <see cref="SimpleStatement"/>, <see cref="BoundStatement"/> or <see cref="BatchStatement"/>. Executing never changes it.</summary>
public abstract class Statement
{
    private protected Statement()
    {
    }

    /// <summary>What applies to every execution of this statement; options given with a call come first, the cluster's last.</summary>
    public ExecutionOptions? Options { get; init; }

    /// <summary>The keyspace unqualified names are in, instead of the session's. Native protocol v5 sends it along; on older versions the request goes over a
    /// connection that uses it.</summary>
    public string? Keyspace { get; init; }

    /// <summary>True when it only reads: it may then be done twice.</summary>
    internal abstract bool IsRead { get; }
}
