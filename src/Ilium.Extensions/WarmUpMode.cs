namespace Ilium.Extensions;

/// <summary>What the start of an application has to do with the cluster.</summary>
public enum WarmUpMode
{
    /// <summary>The application starts when the cluster is connected to, and fails to start when that takes longer than <see cref="CassandraOptions.WarmUpTimeout"/>.</summary>
    Required,

    /// <summary>As <see cref="Required"/>, but the application starts also when the cluster was not connected to in time: requests connect then.</summary>
    Optional,

    /// <summary>Nothing: the first request connects.</summary>
    None,
}
