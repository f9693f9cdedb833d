namespace Ilium;

/// <summary>The request needs something that the servers of this cluster don't have, and would silently do without. Nothing was sent.</summary>
public sealed class NotSupportedByServerException : CassandraException
{
    internal NotSupportedByServerException(string feature, string explanation)
        : base($"{feature} {explanation}")
    {
        Feature = feature;
    }

    /// <summary>What was asked for, for example "ExecutionOptions.ExecuteAs".</summary>
    public string Feature { get; }
}
