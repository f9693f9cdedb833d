using System.Diagnostics;
using System.Net;
using Ilium.Connection;
using Ilium.Diagnostics;
using Ilium.Errors;
using Ilium.Pool;
using Ilium.Statements;
using Ilium.Topology;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ilium.Execution;

/// <summary>Tells loggers, meters and traces what happens in one cluster. Costs two checks per request while nobody listens.</summary>
internal sealed class ClusterDiagnostics(ClusterOptions options)
{
    // Long enough before the end to act, short enough not to be noise for certificates that live for weeks.
    private static readonly TimeSpan ExpiryWarning = TimeSpan.FromDays(7);

    private readonly ILogger _logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger("Ilium.Cluster");
    private readonly Instruments _instruments = Instruments.Of(options.MeterFactory);
    private long _reprepared;

    /// <summary>Statements prepared again because a node had forgotten them.</summary>
    internal long RepreparedCount => Interlocked.Read(ref _reprepared);

    internal void Connected(ClusterSnapshot snapshot, CqlConnection connection)
    {
        _logger.Connected(snapshot.Name, EndPointText.Format(connection.EndPoint), connection.Version, snapshot.Used.Count(node => node.Datacenter == snapshot.LocalDatacenter),
            snapshot.LocalDatacenter);
        var datacenters = snapshot.Nodes.Select(static node => node.Datacenter).Distinct().Order(StringComparer.Ordinal).ToArray();
        if (options.LocalDatacenter is null && options.Astra is null && datacenters.Length > 1 && options.LoadBalancingPolicy is not DefaultLoadBalancingPolicy { LocalDatacenter: not null })
        {
            _logger.LocalDatacenterInferred(snapshot.LocalDatacenter, EndPointText.Format(connection.EndPoint), string.Join(", ", datacenters));
        }

        var racks = snapshot.Nodes.Where(node => node.Datacenter == snapshot.LocalDatacenter).Select(static node => node.Rack).Distinct().Order(StringComparer.Ordinal).ToArray();
        if (options.LocalRack is { } rack && !racks.Contains(rack))
        {
            _logger.LocalRackUnknown(rack, snapshot.LocalDatacenter, string.Join(", ", racks));
        }

        if (options.Tls is { DangerousAcceptAnyServerCertificate: true })
        {
            _logger.CertificatesNotVerified();
        }
    }

    internal void VersionRefused(EndPoint node, ProtocolVersion version, string reason) =>
        _logger.VersionRefused(EndPointText.Format(node), version, reason);

    internal void AstraMetadataRead(AstraBundle bundle, AstraMetadata metadata)
    {
        _logger.AstraMetadataRead($"{bundle.MetadataHost}:{bundle.MetadataPort}", $"{metadata.ProxyHost}:{metadata.ProxyPort}", metadata.LocalDatacenter ?? "(not said)", metadata.HostIds.Count);
        if (bundle.CertificateExpires - options.TimeProvider.GetUtcNow() < ExpiryWarning)
        {
            _logger.AstraCertificateEnds(bundle.CertificateExpires);
        }
    }

    internal void AstraBundleReplaced(AstraBundle bundle) => _logger.AstraBundleReplaced(bundle.CertificateExpires);

    internal void AstraBundleFailed(Exception reason) => _logger.AstraBundleFailed(reason);

    internal void AstraConsistency() => _logger.AstraConsistency();

    internal void PeerIgnored(string why) => _logger.PeerIgnored(why);

    internal void NodeChanged(Node node, NodeChange change)
    {
        _instruments.NodeChanges.Add(1, new KeyValuePair<string, object?>("server.address", EndPointText.Format(node.EndPoint)),
            new KeyValuePair<string, object?>("ilium.node.change", change.ToString()));
        _logger.NodeChanged(node.ToString(), node.HostId, change);
    }

    internal void ControlConnected(EndPoint node) => _logger.ControlConnected(EndPointText.Format(node));

    internal void ControlLost(EndPoint node, Exception reason) => _logger.ControlLost(reason, EndPointText.Format(node));

    internal void ControlFailed(Exception reason) => _logger.ControlFailed(reason);

    internal void RefreshFailed(Exception reason) => _logger.RefreshFailed(reason);

    internal void Refreshed() => _instruments.TopologyRefreshes.Add(1);

    internal void HandlerFailed(Exception reason) => _logger.HandlerFailed(reason);

    internal void SchemaRowIgnored(string what, Exception reason) => _logger.SchemaRowIgnored(reason, what);

    internal void SchemaFailed(Exception reason) => _logger.SchemaFailed(reason);

    internal void NoAgreement(CqlConnection connection, TimeSpan waited) => _logger.NoAgreement(EndPointText.Format(connection.EndPoint), waited);

    internal void AgreementUnknown(CqlConnection connection, Exception reason) => _logger.AgreementUnknown(reason, EndPointText.Format(connection.EndPoint));

    internal void UpkeepFailed(Exception reason) => _logger.UpkeepFailed(reason);

    internal void SpeculationFailed(Exception reason) => _logger.SpeculationFailed(reason);

    /// <summary>An attempt is made again; its connection is the one that failed.</summary>
    internal void Retried(Attempt attempt)
    {
        if (_instruments.Retried.Enabled && attempt.Connection is { } connection)
        {
            _instruments.Retried.Add(1, NodeTag(connection));
        }
    }

    internal void Hedged(HedgeAttempt attempt)
    {
        if (_instruments.Speculative.Enabled && attempt.Connection is { } connection)
        {
            _instruments.Speculative.Add(1, NodeTag(connection));
        }
    }

    internal void RetryPolicyFailed(Exception reason) => _logger.RetryPolicyFailed(reason);

    internal void Forgotten() => _logger.ClusterForgotten();

    internal void ConnectionOpened(NodePool pool, CqlConnection connection)
    {
        _instruments.Opened.Add(1, NodeTag(connection));
        _logger.ConnectionOpened(EndPointText.Format(connection.EndPoint), pool.Connections.Count);
        if (connection.SkippedAuthentication)
        {
            _logger.NotAskedForCredentials(EndPointText.Format(connection.EndPoint));
        }
    }

    internal void ConnectionFailed(NodePool pool, Exception reason) => _logger.ConnectionFailed(reason, EndPointText.Format(pool.Target));

    internal void ConnectionRetired(CqlConnection connection, string reason) => _logger.ConnectionRetired(EndPointText.Format(connection.EndPoint), reason);

    internal void ConnectionClosed(CqlConnection connection, Exception reason)
    {
        _instruments.Closed.Add(1, NodeTag(connection));
        if (reason is not (ObjectDisposedException or ConnectionRetiredException))
        {
            _logger.ConnectionClosed(reason, EndPointText.Format(connection.EndPoint));
        }
    }

    internal void Reprepared(CqlConnection connection, PreparedStatement statement)
    {
        Interlocked.Increment(ref _reprepared);
        _instruments.Reprepared.Add(1, NodeTag(connection));
        _logger.Reprepared(EndPointText.Format(connection.EndPoint), statement.Cql);
    }

    internal void BackgroundPreparationFailed(Node node, PreparedStatement statement, Exception reason) =>
        _logger.BackgroundPreparationFailed(reason, EndPointText.Format(node.EndPoint), statement.Cql);

    internal void ServerWarnings(CqlConnection connection, IReadOnlyList<string> warnings)
    {
        foreach (var warning in warnings)
        {
            _logger.ServerWarning(EndPointText.Format(connection.EndPoint), warning);
        }
    }

    internal void RequestStarted(ClientRequest request)
    {
        if (Telemetry.Activities.HasListeners())
        {
            request.Activity = StartActivity(request);
        }

        if (_instruments.Duration.Enabled)
        {
            request.StartedTicks = options.TimeProvider.GetTimestamp();
        }
    }

    internal void RequestFinished(ClientRequest request, Exception? error)
    {
        if (request.Activity is { } activity)
        {
            request.Activity = null;
            StopActivity(activity, request, error);
        }

        if (request.StartedTicks != 0)
        {
            var tags = new TagList
            {
                { "db.system.name", Telemetry.System },
                { "db.operation.name", OperationOf(request.Statement) },
            };
            if (error is not null)
            {
                tags.Add("error.type", ErrorType(error));
            }

            _instruments.Duration.Record(options.TimeProvider.GetElapsedTime(request.StartedTicks).TotalSeconds, tags);
            request.StartedTicks = 0;
        }
    }

    private static Activity? StartActivity(ClientRequest request)
    {
        var activity = Telemetry.Activities.StartActivity(OperationOf(request.Statement), ActivityKind.Client);
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag("db.system.name", Telemetry.System);
            activity.SetTag("db.operation.name", OperationOf(request.Statement));
            if ((request.Statement.Keyspace ?? request.Session.Keyspace) is { } keyspace)
            {
                activity.SetTag("db.namespace", keyspace);
            }

            // Values are never in the text, so it holds no data.
            if (request.Statement is not BatchStatement)
            {
                activity.SetTag("db.query.text", request.Statement.ToString());
            }
        }

        // The request ends on another thread; what the caller does meanwhile is not part of it.
        if (activity is not null)
        {
            Activity.Current = activity.Parent;
        }

        return activity;
    }

    private static void StopActivity(Activity activity, ClientRequest request, Exception? error)
    {
        if (request.Connection is { } connection)
        {
            activity.SetTag("server.address", EndPointText.Format(connection.EndPoint));
        }

        if (error is not null)
        {
            activity.SetTag("error.type", ErrorType(error));
            activity.SetStatus(ActivityStatusCode.Error, error.Message);
        }

        activity.Dispose();
    }

    private static string OperationOf(Statement statement) => statement switch
    {
        BoundStatement => "EXECUTE",
        BatchStatement => "BATCH",
        _ => "QUERY",
    };

    private static string ErrorType(Exception error) => error.GetType().FullName ?? error.GetType().Name;

    private static KeyValuePair<string, object?> NodeTag(CqlConnection connection) => new("server.address", EndPointText.Format(connection.EndPoint));
}
