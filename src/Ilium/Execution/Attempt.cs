using Ilium.Connection;
using Ilium.Routing;
using Ilium.Statements;

namespace Ilium.Execution;

/// <summary>
/// One course of a request from node to node: sent, perhaps sent again, until it has an answer or is given up. A request is its own first
/// attempt (<see cref="ClientRequest"/>); those begun beside it, because it is slow, are <see cref="HedgeAttempt"/>s.
/// </summary>
/// <remarks>Threads: as <see cref="PendingRequest"/>. What several attempts share is in <see cref="Request"/>.</remarks>
internal abstract class Attempt : PendingRequest
{
    private Route _route;

    /// <param name="request">What is attempted; null for the request itself.</param>
    protected Attempt(ClientRequest? request)
    {
        Request = request ?? (ClientRequest)this;
    }

    internal ClientRequest Request { get; }

    /// <summary>Where it belongs; found while it is encoded.</summary>
    internal ref Route Route => ref _route;

    /// <summary>When it was last sent, in milliseconds of the cluster's clock.</summary>
    internal long Since { get; set; }

    /// <summary>The request's, unless a retry policy has said otherwise since.</summary>
    internal ConsistencyLevel Consistency { get; set; }

    /// <summary>The columns the answer is decoded with when it brings none; pinned when the request is encoded (R1).</summary>
    internal PreparedStatement? Prepared { get; set; }

    internal PreparedState? PinnedState { get; set; }

    /// <summary>True when it is encoded for a connection below v5 that takes the id of the result's metadata (<see cref="Protocol.ServerExtensions.HasMetadataIds"/>).</summary>
    internal bool HasMetadataId { get; set; }

    /// <summary>What the node that had forgotten the statement said of it when it was prepared there again; another node may say otherwise.</summary>
    internal PreparedState? Repaired { get; set; }

    /// <summary>A statement whose columns may not be what they were: a server has said so, or they do not take the values. A node is asked before these are
    /// sent, or refused.</summary>
    internal (PreparedStatement Statement, Exception? Refusal)? Doubtful { get; set; }

    /// <summary>Times an UNPREPARED answer was repaired.</summary>
    internal int Repairs { get; set; }

    /// <summary>True once its node has forgotten what it had just been told: prepared statements are sent as their text with the values.</summary>
    internal bool SendsText { get; set; }

    /// <summary>True once the history says that the time ran out before it had an answer. Whoever reads or sets it holds the executor's lock for that; a
    /// request whose time ran out is not used again.</summary>
    internal bool IsToldUnfinished { get; set; }

    /// <summary>Ties the result to the values the page was asked with.</summary>
    internal ulong StatementMark { get; set; }

    internal override void Complete() => Request.Executor.OnResponse(this);

    internal override void Fail(Exception reason) => Request.Executor.OnFailure(this, reason);

    internal override Exception CreateTimeout()
    {
        Request.Share();
        return Request.Executor.CreateTimeout(this);
    }
}
