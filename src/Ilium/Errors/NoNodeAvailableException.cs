using System.Globalization;
using System.Net;
using System.Text;
using Ilium.Errors;

namespace Ilium;

/// <summary>No node could take the request, or none could be connected to. <see cref="Errors"/> says what each of them answered.</summary>
public sealed class NoNodeAvailableException : CassandraException
{
    // A thousand-node cluster must not give a message of a thousand lines; the dictionary has them all.
    private const int MostNodesInMessage = 20;

    internal NoNodeAvailableException(IReadOnlyDictionary<EndPoint, Exception> errors)
        : base(Describe(errors), errors.Values.FirstOrDefault())
    {
        Errors = errors;
        MayHaveBeenApplied = errors.Values.Any(static error => error is CassandraException { MayHaveBeenApplied: true });
    }

    /// <summary>
    /// The error of each node that was tried. Empty when there was no node to try: all were known to be down, or the load-balancing policy
    /// offered none.
    /// </summary>
    public IReadOnlyDictionary<EndPoint, Exception> Errors { get; }

    /// <summary>True: nodes come back.</summary>
    public override bool IsTransient => true;

    /// <summary>True when one of the nodes tried may have applied the write before it failed.</summary>
    public override bool MayHaveBeenApplied { get; }

    private static string Describe(IReadOnlyDictionary<EndPoint, Exception> errors)
    {
        if (errors.Count == 0)
        {
            return "There is no node to send the request to: every known node is down, or the load-balancing policy offers none " +
                "(is the local data center spelled as the cluster spells it?).";
        }

        var text = new StringBuilder();
        text.Append(errors.Count == 1 ? "The only node tried failed:" : $"All {errors.Count} nodes tried failed:");
        foreach (var (node, error) in errors.Take(MostNodesInMessage))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n- {EndPointText.Format(node)}: {error.GetType().Name}: {error.Message}");
        }

        if (errors.Count > MostNodesInMessage)
        {
            text.Append("\n- and ").Append(errors.Count - MostNodesInMessage).Append(" more, all in Errors");
        }

        return text.ToString();
    }
}
